import Engines
import Foundation
import Foundations
import Media
import Testing

/// Moonshine by ONNX Runtime: what it hears, and what becomes of files that are damaged.
@Suite struct MoonshineRecogniserTests {
    /// A part of a recording as one piece: without a voice detector, and short enough not to be cut.
    private func hear(_ range: Range<Int>, of name: String, by transcriber: SpeechTranscriber) async throws -> [TranscriptSegment] {
        let audio = try NativeSamples.speech(name)
        return try await transcriber.transcribe(AudioSamples(sampleRate: 16_000, samples: Array(audio.samples[range]))).segments
    }

    private func transcriber(in folder: URL = TranscriberTests.model) async throws -> SpeechTranscriber {
        var options = SpeechTranscriber.Options()
        options.maxSegment = 60
        return try await SpeechTranscriber(
            model: TranscriberTests.model(in: folder, voiceDetector: nil), options: options, home: NativeSamples.home)
    }

    /// What sherpa-onnx 2.0.1 (PyPI) makes of the same samples: `OfflineRecognizer.from_moonshine_v2`, two threads. The confidences
    /// are from the same decoding written in Python with ONNX Runtime 1.32.
    static let sherpa: [(recording: String, range: Range<Int>, text: String, confidence: Double)] = [
        ("beckett.wav", 0..<159_414, "Ever tried, ever failed, no matter, try again, fail again, fail better.", 0.86),
        ("beckett.wav", 4864..<45_312, "Ever tried, ever failed.", 0.87),
        ("beckett.wav", 77_568..<142_592, "Try again. Fail again. Fail better.", 0.98),
        (
            "two_cities.wav", 19_200..<132_864,
            "It was the best of times. It was the worst of times. It was the age of wisdom. It was the age of foolishness.", 0.96
        ),
        (
            "two_cities.wav", 280_832..<385_792,
            "It was the spring of hope. It was the winter of despair. We had everything before us. We had nothing before us.", 0.93
        ),
        (
            "two_cities.wav", 393_984..<454_400,
            "We're all going direct to heaven. We were all going direct the other way.", 0.88
        ),
        (
            "two_cities.wav", 14_400..<459_200,
            "It was the best of times, it was the worst of times. It was the age of wisdom, it was the age of foolishness. "
                + "It was the epoch of belief, it was the epoch of incredulity. It was the season of light, it was the season of darkness. "
                + "It was the spring of hope, it was the winter of despair. We had everything before us, we had nothing before us. "
                + "We were all going direct to heaven, we were all going direct the other way.", 0.96
        ),
    ]

    @Test func hearsWhatSherpaHears() async throws {
        let transcriber = try await transcriber()
        for expected in Self.sherpa {
            let segments = try await hear(expected.range, of: expected.recording, by: transcriber)
            #expect(segments.map(\.text).joined(separator: " ") == expected.text)
            for segment in segments {
                let confidence = try #require(segment.confidence)
                #expect(abs(confidence - expected.confidence) < 0.02, "\(confidence) for \(expected.text)")
            }
        }
    }

    @Test func silenceAndScrapsGiveNothing() async throws {
        let transcriber = try await transcriber()
        for count in [0, 1, 100, 894, 895, 1600, 16_000] {
            let silence = AudioSamples(sampleRate: 16_000, samples: [Float](repeating: 0, count: count))
            #expect(try await transcriber.transcribe(silence).segments.isEmpty)
        }
        // Too short for the model, and loud.
        let scrap = AudioSamples(sampleRate: 16_000, samples: (0..<894).map { sin(Float($0) / 5) / 2 })
        #expect(try await transcriber.transcribe(scrap).segments.isEmpty)
    }

    @Test func manyAtOnceHearTheSame() async throws {
        let transcriber = try await transcriber()
        let other = try await self.transcriber()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let expected = Self.sherpa[number % 3]
                    let segments = try await hear(expected.range, of: expected.recording, by: number % 2 == 0 ? transcriber : other)
                    return segments.map(\.text).joined(separator: " ") == expected.text
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test(arguments: ["encoder_model.ort", "decoder_model_merged.ort", "tokens.txt"])
    func damagedFilesAreClearErrors(name: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "moonshine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in ["encoder_model.ort", "decoder_model_merged.ort", "tokens.txt"] {
            let whole = try Data(contentsOf: TranscriberTests.model.appending(path: file))
            try (file == name ? whole.prefix(whole.count / 2) + Data([1, 2, 3]) : whole).write(to: folder.appending(path: file))
        }
        let damaged = folder.appending(path: name)
        await #expect(throws: NativeEngineError.self) { try await transcriber(in: folder) }
        try Data("not a model".utf8).write(to: damaged)
        await #expect(throws: NativeEngineError.self) { try await transcriber(in: folder) }
        try Data().write(to: damaged)
        await #expect(throws: NativeEngineError.self) { try await transcriber(in: folder) }
        try FileManager.default.removeItem(at: damaged)
        await #expect(throws: NativeEngineError.modelMissing(name: "Moonshine")) { try await transcriber(in: folder) }
    }

    @Test func modelsOfAnotherKindAreRefused() async throws {
        var model = TranscriberTests.model(voiceDetector: nil)
        model.decoder = model.encoder
        await #expect(throws: NativeEngineError.self) { try await SpeechTranscriber(model: model, home: NativeSamples.home) }
        model = TranscriberTests.model(voiceDetector: nil)
        model.encoder = TranscriberTests.voiceDetector
        await #expect(throws: NativeEngineError.self) { try await SpeechTranscriber(model: model, home: NativeSamples.home) }
    }

    /// Without it, hearing takes 80 MB more.
    @Test func theEncoderComparesPieceByPiece() throws {
        let library = try OnnxLibrary(home: NativeSamples.home)
        let file = TranscriberTests.model.appending(path: "encoder_model.ort")
        #expect(try MoonshineEncoder(file, heads: 8, name: "Moonshine", threads: 1, library: library).comparesPieceByPiece)
        // A number of heads that isn't the model's gives something else, which is noticed.
        #expect(try !MoonshineEncoder(file, heads: 4, name: "Moonshine", threads: 1, library: library).comparesPieceByPiece)
        #expect(try !MoonshineEncoder(file, heads: 7, name: "Moonshine", threads: 1, library: library).comparesPieceByPiece)
    }
}
