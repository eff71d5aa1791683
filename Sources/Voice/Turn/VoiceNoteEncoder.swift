import Foundation
import Foundations
import Media

/// Makes voice messages of sound.
public enum VoiceNoteEncoder {
    private static let threads = WorkerThreads(name: "voice notes", width: 2)
    /// What chat platforms draw of a voice message, at most.
    private static let bars = 256

    /// - Parameter samples: mono, from -1 to 1.
    /// - Throws: `MediaError.engineFailed`; `CancellationError`.
    public static func make(_ samples: [Float], sampleRate: Int) async throws -> VoiceNote {
        try await threads.run {
            let sound = AudioSamples(sampleRate: sampleRate, samples: samples)
            return VoiceNote(
                ogg: try AudioEncoder.file(sound, format: .opus), seconds: sound.duration, waveform: waveform(samples, sampleRate: sampleRate))
        }
    }

    /// The loudness of each tenth of a second, or of as many equal parts as can be drawn; the loudest is 255.
    static func waveform(_ samples: [Float], sampleRate: Int) -> [UInt8] {
        guard !samples.isEmpty, sampleRate > 0 else { return [0] }
        let count = min(bars, max(1, samples.count * 10 / sampleRate))
        let levels = (0..<count).map { bar in
            let part = samples[bar * samples.count / count..<(bar + 1) * samples.count / count]
            return part.isEmpty ? 0 : (part.reduce(0) { $0 + $1 * $1 } / Float(part.count)).squareRoot()
        }
        let loudest = max(levels.max() ?? 0, 1e-6)
        return levels.map { UInt8(max(0, min(255, $0 / loudest * 255))) }
    }
}
