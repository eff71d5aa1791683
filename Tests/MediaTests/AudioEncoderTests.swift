import Foundation
import Media
import Testing

@Suite struct AudioEncoderTests {
    private static let seconds = 2.5

    /// A tone that grows from nothing, so that samples in the wrong place show.
    private static func tone(_ rate: Int) -> AudioSamples {
        let count = Int(seconds * Double(rate))
        return AudioSamples(
            sampleRate: rate,
            samples: (0..<count).map { Float(0.8 * Double($0) / Double(count) * sin(2 * .pi * 440 * Double($0) / Double(rate))) })
    }

    @Test(arguments: AudioFormat.allCases.filter { $0 != .pcm }, [16_000, 22_050, 24_000])
    func filesAreReadBackAsTheyWere(format: AudioFormat, rate: Int) async throws {
        let tone = Self.tone(rate)
        let file = try await MediaFile.open(.data(try AudioEncoder.file(tone, format: format)))
        let back = try #require(try await file.audio(sampleRate: rate))
        #expect(abs(back.duration - Self.seconds) < 0.15, "\(format): \(back.duration)")
        // Lossy forms begin a few milliseconds late: the best of near places counts.
        let best = (-2400...2400).map { shift in difference(tone.samples, back.samples, shift) }.min() ?? 1
        #expect(best < (format == .wav || format == .flac ? 1e-4 : 0.03), "\(format): \(best)")
    }

    /// The root of the mean square of the difference, over the middle second.
    private func difference(_ one: [Float], _ other: [Float], _ shift: Int) -> Float {
        let middle = one.count / 3..<one.count * 2 / 3
        var sum: Float = 0
        for place in stride(from: middle.lowerBound, to: middle.upperBound, by: 7) where other.indices.contains(place + shift) {
            sum += (one[place] - other[place + shift]) * (one[place] - other[place + shift])
        }
        return (sum / Float(middle.count / 7)).squareRoot()
    }

    @Test(arguments: AudioFormat.allCases) func piecesGiveTheSameAsTheWhole(format: AudioFormat) throws {
        let tone = Self.tone(24_000)
        let whole = try AudioEncoder(format: format, sampleRate: 24_000)
        let expected = try whole.encode(tone.samples) + whole.finish()
        let pieces = try AudioEncoder(format: format, sampleRate: 24_000)
        var made = Data()
        var early = 0
        for start in stride(from: 0, to: tone.samples.count, by: 777) {
            made += try pieces.encode(Array(tone.samples[start..<min(start + 777, tone.samples.count)]))
            if start < tone.samples.count / 2 { early = made.count }
        }
        made += try pieces.finish()
        #expect(made.count == expected.count)
        #expect(early > expected.count / 5, "sound is written while it comes")
        #expect(!expected.isEmpty)
    }

    @Test func wholeWavesSayTheirLength() throws {
        let bytes = try AudioEncoder.file(AudioSamples(sampleRate: 8000, samples: [0, 1, -1, .nan]), format: .wav)
        #expect(bytes.count == 44 + 8)
        #expect([UInt8](bytes[40..<44]) == [8, 0, 0, 0])
        #expect([UInt8](bytes[44...]) == [0, 0, 255, 127, 1, 128, 0, 0])
        #expect(PCM.floats(bytes.suffix(8)) == [0, 32_767 / 32_768, -32_767 / 32_768, 0])
    }

    @Test func ratesAreChangedWhereTheyMust() throws {
        #expect(try AudioEncoder(format: .opus, sampleRate: 22_050).outputRate == 48_000)
        #expect(try AudioEncoder(format: .mp3, sampleRate: 23_000).outputRate == 24_000)
        let encoder = try AudioEncoder(format: .pcm, sampleRate: 22_050, outputRate: 24_000)
        let bytes = try encoder.encode([Float](repeating: 0.5, count: 22_050)) + encoder.finish()
        #expect(abs(bytes.count / 2 - 24_000) < 50)
    }

    @Test func nothingIsAFileToo() throws {
        for format in AudioFormat.allCases {
            let encoder = try AudioEncoder(format: format, sampleRate: 16_000)
            _ = try encoder.encode([])
            _ = try encoder.finish()
        }
    }

    @Test func steadyNoiseIsTakenOut() async throws {
        var state: UInt64 = 7
        let noise = (0..<48_000).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.04
        }
        // Silence but for noise, then a tone in it.
        let samples = noise.enumerated().map { place, value in
            place < 24_000 ? value : value + 0.2 * Float(sin(2 * .pi * 500 * Double(place) / 16_000))
        }
        let cleaned = try await AudioSamples(sampleRate: 16_000, samples: samples).denoised()
        #expect(cleaned.samples.count == samples.count)
        func power(_ sound: [Float], _ range: Range<Int>) -> Float { sound[range].reduce(0) { $0 + $1 * $1 } }
        let before = power(samples, 30_000..<46_000) / power(samples, 6000..<22_000)
        let after = power(cleaned.samples, 30_000..<46_000) / power(cleaned.samples, 6000..<22_000)
        #expect(after > 3 * before, "the tone stands out \(after / before) times as much")
    }
}
