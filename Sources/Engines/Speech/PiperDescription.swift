import Foundation
import Foundations

/// What the JSON beside a voice of Piper (https://github.com/OHF-Voice/piper1-gpl) says of it.
struct PiperDescription: Sendable, Equatable {
    /// Samples a second.
    var sampleRate: Int
    var speakers: Int
    /// How much the sound varies from one time to the next.
    var noise: Float
    /// How much the lengths of phonemes do.
    var lengthNoise: Float
    /// Above 1: the voice was made to speak slower than it was trained.
    var length: Float
    /// The number of each phoneme, which is a Unicode scalar.
    var numbers: [Int32: Int64]
    var begin: Int64
    var end: Int64
    /// Stands behind every phoneme.
    var pad: Int64

    /// - Throws: `SpeechError.voiceMalformed`.
    init(_ json: Data) throws {
        guard let json = try? JSONValue(parsing: json), let rate = json["audio"]?["sample_rate"]?.intValue, (4000...192_000).contains(rate),
            case .object(let map)? = json["phoneme_id_map"]
        else { throw SpeechError.voiceMalformed }
        sampleRate = rate
        speakers = max(1, json["num_speakers"]?.intValue ?? 1)
        let inference = json["inference"]
        (noise, lengthNoise, length) = (
            try Self.scale(inference?["noise_scale"], or: 0.667), try Self.scale(inference?["noise_w"], or: 0.8),
            try Self.scale(inference?["length_scale"], or: 1)
        )
        var numbers: [Int32: Int64] = try map.reduce(into: [:]) { numbers, entry in
            guard let id = entry.value.arrayValue?.first?.intValue, (0...65_535).contains(id), let scalar = entry.key.unicodeScalars.first,
                entry.key.unicodeScalars.count == 1
            else { throw SpeechError.voiceMalformed }
            numbers[Int32(scalar.value)] = Int64(id)
        }
        func number(_ scalar: Unicode.Scalar) throws -> Int64 {
            guard let id = numbers.removeValue(forKey: Int32(scalar.value)) else { throw SpeechError.voiceMalformed }
            return id
        }
        (begin, end, pad) = (try number("^"), try number("$"), try number("_"))
        guard !numbers.isEmpty else { throw SpeechError.voiceMalformed }
        self.numbers = numbers
    }

    private static func scale(_ value: JSONValue?, or usual: Float) throws -> Float {
        guard let value else { return usual }
        guard let scale = value.doubleValue, (0...10).contains(scale) else { throw SpeechError.voiceMalformed }
        return Float(scale)
    }

    /// The numbers that the model reads for phonemes. Empty when it knows none of them.
    func input(_ phonemes: [Int32]) -> [Int64] {
        let known = phonemes.compactMap { numbers[$0] }
        return known.isEmpty ? [] : [begin, pad] + known.flatMap { [$0, pad] } + [end]
    }
}
