import Foundations
import Media

/// What is said in a file: its sound, as models that hear take it.
public enum SoundReader {
    /// The file's length is looked at before anything is unpacked, and its sound again while it is.
    /// - Parameters:
    ///   - limits: of any file.
    ///   - maxSeconds: of this one; `key` is the configuration's name for it.
    /// - Returns: 16 kHz mono.
    /// - Throws: `VoiceError.noSound`, `.tooLong`; `MediaError`; `CancellationError`.
    public static func read(_ source: MediaSource, limits: MediaLimits, maxSeconds: Double, key: String) async throws -> AudioSamples {
        var limits = limits
        let isOurs = maxSeconds < limits.maxAudioSeconds
        if isOurs { limits.maxAudioSeconds = maxSeconds }
        let media = try await MediaFile.open(source, limits: limits)
        if isOurs, let duration = media.info.duration, duration > maxSeconds {
            throw VoiceError.tooLong(seconds: duration, limit: maxSeconds, key: key)
        }
        do {
            guard let audio = try await media.audio() else { throw VoiceError.noSound }
            return audio
        } catch MediaError.limitExceeded("media.max_audio_seconds", let seconds, _) where isOurs {
            // The file said nothing of its length, or not the truth.
            throw VoiceError.tooLong(seconds: seconds, limit: maxSeconds, key: key)
        }
    }
}
