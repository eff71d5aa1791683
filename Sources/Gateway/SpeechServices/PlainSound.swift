import Engines
import Foundation
import Media

/// Sound without a head, as calls bring it, on its way to 16 000 samples a second and one channel. Used by one thread at a time.
// Safe to hand from thread to thread: its calls are made one after the other.
final class PlainSound: @unchecked Sendable {
    let sampleRate: Int
    let channels: Int
    private let converter: AudioEncoder?
    /// Bytes of a sample that came in two pieces.
    private var rest = Data()

    static func isMeant(by encoding: String) -> Bool { ["", "pcm", "pcm16", "linear16"].contains(encoding.lowercased()) }

    /// - Throws: `invalidFields`; `MediaError.engineFailed`.
    init(sampleRate: Int32, channels: Int32) throws {
        self.sampleRate = sampleRate == 0 ? SpeechTranscriber.sampleRate : Int(sampleRate)
        self.channels = max(1, Int(channels))
        guard (8000...48_000).contains(self.sampleRate) else {
            throw CallFault.field("sample_rate", "out_of_range", "'sample_rate' may be 8000 to 48000.")
        }
        guard (0...2).contains(channels) else { throw CallFault.field("channels", "out_of_range", "'channels' may be 1 or 2.") }
        converter =
            self.sampleRate == SpeechTranscriber.sampleRate
            ? nil : try AudioEncoder(format: .pcm, sampleRate: self.sampleRate, outputRate: SpeechTranscriber.sampleRate)
    }

    /// - Parameter bytes: 16 bits a sample, lowest byte first, channels side by side; may end inside a sample.
    /// - Returns: the same at 16 000 samples a second and of one channel, as far as it is there yet.
    /// - Throws: `MediaError.engineFailed`.
    func convert(_ bytes: Data) throws -> Data {
        let all = rest + bytes
        let whole = all.count - all.count % (2 * channels)
        rest = Data(all.dropFirst(whole))
        let sound = channels == 1 ? Data(all.prefix(whole)) : Self.mixed(all.prefix(whole))
        return try converter?.encode(PCM.floats(sound)) ?? sound
    }

    /// What is still inside.
    func finish() throws -> Data { try converter?.finish() ?? Data() }

    /// Two channels as one.
    private static func mixed(_ bytes: Data) -> Data {
        var mixed = Data(capacity: bytes.count / 2)
        bytes.withUnsafeBytes { raw in
            for place in stride(from: 0, to: raw.count, by: 4) {
                let left = Int16(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Int16.self))
                let right = Int16(littleEndian: raw.loadUnaligned(fromByteOffset: place + 2, as: Int16.self))
                withUnsafeBytes(of: Int16((Int32(left) + Int32(right)) / 2).littleEndian) { mixed.append(contentsOf: $0) }
            }
        }
        return mixed
    }
}
