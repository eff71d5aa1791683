import Foundation
import Foundations
import Media
import Testing

@Suite struct AudioTests {
    /// Frequency by counting rising zero crossings.
    private func frequency(_ samples: ArraySlice<Float>, _ rate: Int) -> Double {
        let crossings = zip(samples, samples.dropFirst()).filter { $0 < 0 && $1 >= 0 }.count
        return Double(crossings) * Double(rate) / Double(samples.count)
    }

    @Test(arguments: [Fixture.audioOnly, .wave, .h264, .mkv]) func unpacksToMono(_ fixture: Fixture) async throws {
        let audio = try #require(try await fixture.open().audio())
        #expect(audio.sampleRate == 16_000)
        #expect(abs(audio.duration - 4) < 0.05)
        #expect(abs(frequency(audio.samples[8000..<56_000], 16_000) - 440) < 2)
        #expect(audio.samples.allSatisfy { abs($0) <= 1 })
    }

    @Test func otherRates() async throws {
        let audio = try #require(try await Fixture.wave.open().audio(sampleRate: 22_050))
        #expect(audio.samples.count == 4 * 22_050)
        #expect(abs(frequency(audio.samples[...], 22_050) - 440) < 2)
    }

    // Not Matroska: it rounds times to milliseconds, so a range begins up to half of one off.
    @Test(arguments: [Fixture.h264, .wave, .audioOnly]) func rangesAreCutOfTheWhole(_ fixture: Fixture) async throws {
        let file = try await fixture.open()
        let whole = try #require(try await file.audio())
        let part = try #require(try await file.audio(start: 2, end: 3))
        #expect(part.samples.count == 16_000)
        let difference = zip(part.samples, whole.samples[32_000...]).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 0.02)
    }

    @Test func lateSoundStartsWithSilence() async throws {
        let audio = try #require(try await Fixture.delayedAudio.open().audio())
        #expect(abs(audio.duration - 5) < 0.05)
        #expect(audio.samples[..<15_000].allSatisfy { $0 == 0 })
        #expect(abs(frequency(audio.samples[17_000..<75_000], 16_000) - 440) < 2)
        let part = try #require(try await Fixture.delayedAudio.open().audio(start: 0.5, end: 1.5))
        #expect(part.samples[..<7500].allSatisfy { $0 == 0 })
        #expect(abs(frequency(part.samples[8500..<15_500], 16_000) - 440) < 5)
    }

    @Test func noTrackIsNil() async throws {
        #expect(try await Fixture.gif.open().audio() == nil)
    }

    @Test func emptyAndBackwardRanges() async throws {
        let file = try await Fixture.wave.open()
        #expect(try await file.audio(start: 9, end: 10)?.samples.isEmpty == true)
        #expect(try await file.audio(start: 2, end: 1)?.samples.isEmpty == true)
    }

    @Test func lengthIsBounded() async throws {
        var limits = MediaLimits()
        limits.maxAudioSeconds = 2
        let file = try await Fixture.wave.open(limits: limits)
        let error = await #expect(throws: MediaError.self) { try await file.audio() }
        #expect(error?.report.details["limit"] == .string("media.max_audio_seconds"))
        #expect(try await file.audio(start: 1, end: 3)?.samples.count == 32_000)
    }
}
