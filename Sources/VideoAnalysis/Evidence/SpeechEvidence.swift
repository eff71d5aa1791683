import Engines
import Foundations
import Media
import ModelHub

/// Hears a video's sound window by window, so that memory doesn't grow with its length.
struct SpeechEvidence: Sendable {
    let transcriber: any Transcriber
    /// Seconds unpacked at once.
    let window: Double
    let progress: ProgressHandler

    /// Seconds at a window's end in which a quiet place is looked for: a cut there parts no word.
    private static let search = 15.0
    /// Seconds over which loudness is measured.
    private static let pause = 0.2

    /// - Parameter range: seconds; `nil` means all of it.
    /// - Returns: segments with their times in the video; `nil` when there is no sound.
    /// - Throws: `MediaError`, what the transcriber throws, `CancellationError`.
    func gather(from file: MediaFile, range: ClosedRange<Double>?) async throws -> [TranscriptSegment]? {
        let total = range.map { $0.upperBound - $0.lowerBound } ?? file.info.audio?.duration ?? file.info.duration
        var start = range?.lowerBound ?? 0
        var words: [TranscriptSegment] = []
        var hasSound = false
        while true {
            let end = min(start + window, range?.upperBound ?? .infinity)
            guard end > start, var sound = try await file.audio(start: start, end: end), !sound.samples.isEmpty else { break }
            hasSound = true
            let isLast = end == range?.upperBound || sound.duration < end - start - 0.001
            if !isLast { sound = Self.cut(sound) }
            let (offset, heard) = (start, start - (range?.lowerBound ?? 0))
            let segments = try await transcriber.transcribe(sound) { update in
                var update = update
                update.stage = EvidenceKind.speech.rawValue
                update.done += heard
                update.total = total.map { max($0, update.done) } ?? update.total
                progress(update)
            }
            words += segments
                .map { TranscriptSegment(start: $0.start + offset, end: $0.end + offset, text: $0.text.trimmedText) }
                .filter { $0.text.contains { $0.isLetter || $0.isNumber } }
            start += sound.duration
            if isLast { break }
        }
        guard hasSound else { return nil }
        let done = start - (range?.lowerBound ?? 0)
        progress(ProgressUpdate(stage: EvidenceKind.speech.rawValue, done: done, total: done, unit: .seconds))
        return words
    }

    /// The sound up to the middle of the quietest place near its end.
    private static func cut(_ sound: AudioSamples) -> AudioSamples {
        let samples = sound.samples
        let length = max(1, Int(pause * Double(sound.sampleRate)))
        let first = max(samples.count / 2, samples.count - Int(search * Double(sound.sampleRate)))
        var best = (energy: Float.infinity, end: samples.count)
        var place = first
        while place + length <= samples.count {
            let energy = samples[place..<place + length].reduce(Float(0)) { $0 + $1 * $1 }
            // Of equally quiet places the last: more sound in this window.
            if energy <= best.energy { best = (energy, place + length / 2) }
            place += length / 2
        }
        return AudioSamples(sampleRate: sound.sampleRate, samples: Array(samples[..<best.end]))
    }
}
