import CFFmpeg
import Foundation
import Foundations

/// Writes mono sound as a file, piece by piece. Used by one thread at a time; its calls block.
///
/// ```swift
/// let encoder = try AudioEncoder(format: .opus, sampleRate: 22_050)
/// var file = try encoder.encode(samples)
/// file += try encoder.finish()
/// ```
// Safe to hand from thread to thread: it is used by one at a time, as its owner promises.
public final class AudioEncoder: @unchecked Sendable {
    public let format: AudioFormat
    /// Samples a second of what is written.
    public let outputRate: Int
    private let resampler: AudioResampler?
    private let stream: EncodedStream?
    private var hasHead = false

    /// - Parameters:
    ///   - sampleRate: of the samples that will come.
    ///   - outputRate: of the file; `nil`: the same, or the nearest that the form takes.
    ///   - bitrate: bits a second; `nil`: enough for speech.
    /// - Throws: `MediaError.engineFailed`.
    public init(format: AudioFormat, sampleRate: Int, outputRate: Int? = nil, bitrate: Int? = nil) throws {
        silenceFFmpegOnce()
        self.format = format
        let rate = format.sampleRate(for: outputRate ?? sampleRate)
        self.outputRate = rate
        resampler = rate == sampleRate ? nil : try AudioResampler(from: sampleRate, to: rate)
        stream = try format.engine.map {
            try EncodedStream(encoder: $0.encoder, container: $0.container, sampleRate: rate, bitrate: bitrate ?? format.bitrate)
        }
    }

    /// Takes samples from -1 to 1.
    /// - Returns: what can be written by now, which may be nothing.
    /// - Throws: `MediaError.engineFailed`.
    public func encode(_ samples: [Float]) throws -> Data {
        guard !samples.isEmpty else { return Data() }
        return try write(try resampler?.convert(samples) ?? samples)
    }

    /// The rest of the file. Nothing may be encoded afterwards.
    /// - Throws: `MediaError.engineFailed`.
    public func finish() throws -> Data {
        let rest = try write(try resampler?.finish() ?? [])
        return rest + (try stream?.finish() ?? Data())
    }

    /// A whole file; a WAV file says its length then.
    /// - Throws: `MediaError.engineFailed`.
    public static func file(_ audio: AudioSamples, format: AudioFormat, outputRate: Int? = nil, bitrate: Int? = nil) throws -> Data {
        let encoder = try AudioEncoder(format: format, sampleRate: audio.sampleRate, outputRate: outputRate, bitrate: bitrate)
        encoder.hasHead = format == .wav
        let body = try encoder.encode(audio.samples) + encoder.finish()
        return format == .wav ? WaveHead.bytes(sampleRate: encoder.outputRate, dataBytes: body.count) + body : body
    }

    private func write(_ samples: [Float]) throws -> Data {
        if let stream { return try stream.encode(samples) }
        var bytes = Data()
        if format == .wav, !hasHead { bytes += WaveHead.bytes(sampleRate: outputRate, dataBytes: nil) }
        hasHead = true
        bytes += Self.sixteenBits(samples)
        return bytes
    }

    private static func sixteenBits(_ samples: [Float]) -> Data {
        var bytes = Data(count: samples.count * 2)
        bytes.withUnsafeMutableBytes { raw in
            for (place, sample) in samples.enumerated() {
                raw.storeBytes(of: PCM.sixteenBits(sample).littleEndian, toByteOffset: place * 2, as: Int16.self)
            }
        }
        return bytes
    }
}
