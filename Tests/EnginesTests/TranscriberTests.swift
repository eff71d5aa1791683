import Engines
import Foundation
import Foundations
import Media
import Testing

@Suite struct TranscriberTests {
    static let model = NativeSamples.model("moonshine-tiny-en")
    static let voiceDetector = NativeSamples.model("silero-vad/silero_vad.onnx")

    static func model(in folder: URL = model, voiceDetector: URL?) -> SpeechModel {
        SpeechModel(
            name: "Moonshine", family: .moonshine, encoder: folder.appending(path: "encoder_model.ort"),
            decoder: folder.appending(path: "decoder_model_merged.ort"), tokens: folder.appending(path: "tokens.txt"), voiceDetector: voiceDetector,
            languages: ["en"])
    }

    private func transcriber(
        _ options: SpeechTranscriber.Options = SpeechTranscriber.Options(), voiceDetector: URL? = voiceDetector
    ) async throws -> SpeechTranscriber {
        try await SpeechTranscriber(model: Self.model(voiceDetector: voiceDetector), options: options, home: NativeSamples.home)
    }

    private func words(_ segments: [TranscriptSegment]) -> String {
        segments.map(\.text).joined(separator: " ").lowercased()
            .filter { $0.isLetter || $0.isNumber || $0 == " " }
            .split(separator: " ").joined(separator: " ")
    }

    @Test func hearsBeckett() async throws {
        let audio = try NativeSamples.speech("beckett.wav")
        let segments = try await transcriber().transcribe(audio).segments
        #expect(words(segments).contains("ever tried ever failed"), "heard \(segments)")
        #expect(words(segments).contains("fail again fail better"), "heard \(segments)")
        expectInOrder(segments, until: audio.duration)
    }

    private func expectInOrder(_ segments: [TranscriptSegment], until duration: Double) {
        var last = 0.0
        for segment in segments {
            #expect(segment.start >= last && segment.end > segment.start && segment.end <= duration)
            last = segment.end
        }
    }

    @Test func phrasesKeepTheirOwnTimesWhenNotJoined() async throws {
        var options = SpeechTranscriber.Options()
        options.joinedSegment = 0
        let audio = try NativeSamples.speech("beckett.wav")
        let segments = try await transcriber(options).transcribe(audio).segments
        #expect(segments.count == 6, "heard \(segments)")
        #expect(segments.map { words([$0]) }.prefix(4) == ["ever tried", "ever failed", "no matter", "try again"])
        expectInOrder(segments, until: audio.duration)
    }

    @Test func stretchesAreJoinedWhileTheyAreCloseAndShort() {
        var joiner = SpeechJoiner(longest: 100, longestPause: 10)
        #expect(joiner.finish() == nil)
        #expect(joiner.add(0..<20) == nil)
        #expect(joiner.add(30..<50) == nil)
        #expect(joiner.add(61..<70) == SpeechPiece([0..<20, 30..<50]), "the pause is too long")
        #expect(joiner.add(75..<161) == nil)
        #expect(joiner.add(162..<170) == SpeechPiece([61..<70, 75..<161]), "the piece would be too long")
        #expect(joiner.add(165..<168) == nil, "a stretch inside the piece")
        #expect(joiner.add(168..<175) == nil, "one that overlaps its end")
        #expect(joiner.finish() == SpeechPiece([162..<175]))
        #expect(joiner.finish() == nil)
        #expect(joiner.add(200..<500) == nil)
        #expect(joiner.finish() == SpeechPiece([200..<500]), "longer stretches stay as they are")
    }

    @Test func hearsALongPassageAndReportsProgress() async throws {
        let audio = try NativeSamples.speech("two_cities.wav")
        let updates = ProgressLog()
        let segments = try await transcriber().transcribe(audio, progress: { updates.add($0) }).segments
        let heard = words(segments)
        for phrase in ["it was the best of times", "it was the worst of times", "age of wisdom", "winter of despair"] {
            #expect(heard.contains(phrase), "heard \(segments)")
        }
        #expect(segments.count > 4 && segments.allSatisfy { $0.end - $0.start < 17 }, "cut where the reader pauses")
        expectInOrder(segments, until: audio.duration)
        // Heard in the recording: this sentence begins after 13.3 s, that one after 29 s.
        let season = try #require(segments.first { $0.text.contains("season of light") })
        #expect(abs(season.start - 13.2) < 0.5)
        let short = try #require(segments.first { $0.text.hasPrefix("In short") })
        #expect(abs(short.start - 28.9) < 0.5)
        let done = updates.all.map(\.done)
        #expect(zip(done, done.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(abs((done.last ?? 0) - audio.duration) < 0.01)
        #expect(updates.all.allSatisfy { $0.stage == "transcribe" && $0.unit == .seconds })
    }

    @Test func worksWithoutVoiceDetector() async throws {
        var options = SpeechTranscriber.Options()
        options.maxSegment = 6
        let audio = try NativeSamples.speech("beckett.wav")
        let segments = try await transcriber(options, voiceDetector: nil).transcribe(audio).segments
        #expect(words(segments).contains("ever tried ever failed"), "heard \(segments)")
        #expect(segments.allSatisfy { $0.end - $0.start <= 6 })
    }

    @Test func silenceAndNothingAreNotSpeech() async throws {
        let transcriber = try await transcriber()
        let silence = AudioSamples(sampleRate: 16_000, samples: [Float](repeating: 0, count: 48_000))
        #expect(try await transcriber.transcribe(silence).segments.isEmpty)
        #expect(try await transcriber.transcribe(AudioSamples(sampleRate: 16_000, samples: [])).segments.isEmpty)
        let blind = try await self.transcriber(voiceDetector: nil)
        #expect(try await blind.transcribe(silence).segments.isEmpty)
    }

    @Test func segmentsKeepTheirPlaceInTheSound() async throws {
        let audio = try NativeSamples.speech("beckett.wav")
        let shifted = AudioSamples(sampleRate: 16_000, samples: [Float](repeating: 0, count: 16_000 * 20) + audio.samples)
        let transcriber = try await transcriber()
        let plain = try #require(try await transcriber.transcribe(audio).segments.first)
        let late = try #require(try await transcriber.transcribe(shifted).segments.first)
        #expect(abs(late.start - plain.start - 20) < 0.3)
    }

    @Test func otherRatesAreRefused() async throws {
        let transcriber = try await transcriber()
        await #expect(throws: NativeEngineError.unsupportedSampleRate(48_000)) {
            try await transcriber.transcribe(AudioSamples(sampleRate: 48_000, samples: [0]))
        }
    }

    @Test func cancellationStopsBetweenPieces() async throws {
        let audio = try NativeSamples.speech("two_cities.wav")
        let transcriber = try await transcriber()
        let updates = ProgressLog()
        let task = Task {
            try await transcriber.transcribe(audio, progress: { update in
                updates.add(update)
                // The first report cancels the task that gets it.
                withUnsafeCurrentTask { $0?.cancel() }
            })
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect((updates.all.last?.done ?? .infinity) < audio.duration / 2)
    }

    @Test func missingFilesAreClearErrors() async throws {
        let absent = URL(fileURLWithPath: "/nonexistent")
        await #expect(throws: NativeEngineError.modelMissing(name: "Moonshine")) {
            try await SpeechTranscriber(model: Self.model(in: absent, voiceDetector: nil))
        }
        await #expect(throws: NativeEngineError.modelMissing(name: "Silero VAD")) {
            try await transcriber(voiceDetector: absent)
        }
        await #expect(throws: NativeEngineError.self) {
            try await SpeechTranscriber(model: Self.model(voiceDetector: nil), home: MartletHome(root: absent))
        }
    }

    @Test func tokensAreConvertedAsSherpaReadsThem() throws {
        let converted = try MoonshineTokens.convert(
            tokenizerBin: Data(contentsOf: Self.model.appending(path: "tokenizer.bin")))
        #expect(try converted == Data(contentsOf: Self.model.appending(path: "tokens.txt")))
    }

    @Test(arguments: [[], [5, 1, 2], [200], [128, 1], [0, 0, 130, 1, 65]] as [[UInt8]])
    func damagedTokenizersAreRefused(bytes: [UInt8]) {
        #expect(throws: NativeEngineError.self) { try MoonshineTokens.convert(tokenizerBin: Data(bytes)) }
    }

    @Test func longTokensHaveTwoLengthBytes() throws {
        let long = [UInt8](repeating: 65, count: 130)
        let converted = try MoonshineTokens.convert(tokenizerBin: Data([0, 1, 66, 130, 1] + long))
        #expect(String(decoding: converted, as: UTF8.self) == "\t0\nQg==\t1\n\(Data(long).base64EncodedString())\t2\n")
    }
}

/// Collects progress from any thread.
// Safe to share: every use holds `lock`.
private final class ProgressLog: @unchecked Sendable {
    private let lock = NSLock()
    private var updates: [ProgressUpdate] = []

    func add(_ update: ProgressUpdate) { lock.withLock { updates.append(update) } }
    var all: [ProgressUpdate] { lock.withLock { updates } }
}
