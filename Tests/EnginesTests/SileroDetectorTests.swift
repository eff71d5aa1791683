import Engines
import Foundation
import Foundations
import Media
import Testing

/// Where somebody speaks: the rules on their own, and with the model on recordings.
@Suite struct SileroDetectorTests {
    private static let tableOptions = SpeechActivityState.Options(threshold: 0.5, minSilence: 2048, minSpeech: 1024, longest: 10_240)

    /// Windows of 512 samples, as runs of one probability, and the stretches that a port of sherpa-onnx's rules to Python finds; the
    /// port agrees with sherpa-onnx on both recordings for 144 sets of options.
    static let table: [(name: String, runs: [(probability: Float, count: Int)], stretches: [Range<Int>])] = [
        ("silence", [(0.1, 40)], []),
        ("too short", [(0.1, 10), (0.9, 2), (0.1, 10)], []),
        ("as likely as not", [(0.1, 5), (0.5, 20)], []),
        ("a phrase", [(0.1, 10), (0.9, 10), (0.1, 10)], [4480..<10_752]),
        ("a short pause", [(0.1, 10), (0.9, 6), (0.1, 3), (0.9, 6), (0.1, 10)], [4480..<13_760]),
        ("a long pause", [(0.1, 10), (0.9, 6), (0.1, 8), (0.9, 6), (0.1, 10)], [4480..<8704, 11_648..<15_872]),
        ("a little less likely is still speech", [(0.1, 10), (0.9, 6), (0.4, 20), (0.1, 10)], [4480..<15_296]),
        ("the sound ends in it", [(0.1, 10), (0.9, 12)], [4480..<11_264]),
        ("the sound begins in it", [(0.9, 8), (0.1, 8)], [0..<4608]),
        ("too long: cut at a quieter place", [(0.9, 24), (0.7, 6), (0.9, 10), (0.1, 8)], [0..<13_248, 14_208..<20_992]),
        ("too long: no quieter place", [(0.9, 40), (0.1, 8)], [0..<21_440]),
    ]

    @Test(arguments: table.indices)
    func rules(row: Int) {
        let (name, runs, expected) = Self.table[row]
        var state = SpeechActivityState(Self.tableOptions)
        var found: [Range<Int>] = []
        for run in runs {
            for _ in 0..<run.count { if let stretch = state.add(run.probability) { found.append(stretch) } }
        }
        #expect(state.hears == (name == "the sound ends in it"))
        if let stretch = state.finish() { found.append(stretch) }
        #expect(found == expected, "\(name)")
        #expect(!state.hears)
        #expect(state.finish() == nil)
    }

    /// Any probabilities, also ones that are no numbers, give stretches in order that don't overlap.
    @Test func stretchesAreInOrder() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var state = SpeechActivityState(
                SpeechActivityState.Options(
                    threshold: Float.random(in: 0...1, using: &random), minSilence: Int.random(in: 0...8000, using: &random),
                    minSpeech: Int.random(in: 0...8000, using: &random), longest: Int.random(in: 0...50_000, using: &random)))
            var end = 0
            for window in 1...400 {
                let probability = window % 97 == 0 ? Float.nan : Float.random(in: 0...1, using: &random)
                guard let stretch = window == 400 ? state.finish() : state.add(probability) else { continue }
                #expect(stretch.lowerBound >= end && stretch.upperBound <= window * SpeechActivityState.window)
                end = stretch.upperBound
            }
        }
    }

    /// What sherpa-onnx 2.0.1 (PyPI) finds: `VoiceActivityDetector`, fed with windows of 512 samples, then flushed.
    static let sherpa: [(recording: String, options: SpeechActivityState.Options, stretches: [Range<Int>])] = [
        (
            "beckett.wav", .init(threshold: 0.5, minSilence: 6400, minSpeech: 3200, longest: 240_000),
            [4864..<20_224, 29_440..<45_312, 56_064..<67_840, 77_568..<90_368, 106_240..<119_040, 130_304..<142_592]
        ),
        (
            "beckett.wav", .init(threshold: 0.5, minSilence: 1600, minSpeech: 1600, longest: 32_000),
            [4928..<20_416, 29_504..<45_504, 56_128..<68_032, 77_632..<90_560, 106_304..<119_232, 130_368..<142_784]
        ),
        (
            "two_cities.wav", .init(threshold: 0.5, minSilence: 6400, minSpeech: 3200, longest: 240_000),
            [
                19_200..<132_864, 140_544..<206_592, 215_296..<268_544, 280_832..<329_472, 339_712..<385_792, 393_984..<418_560,
                424_704..<454_400, 465_664..<668_416,
            ]
        ),
        (
            "two_cities.wav", .init(threshold: 0.3, minSilence: 12_800, minSpeech: 8000, longest: 80_000),
            [
                19_008..<101_312, 106_048..<206_272, 215_104..<301_504, 303_168..<385_984, 393_792..<475_584, 478_272..<587_200,
                589_888..<668_608,
            ]
        ),
        (
            "two_cities.wav", .init(threshold: 0.7, minSilence: 4000, minSpeech: 3200, longest: 32_000),
            [
                19_200..<74_688, 80_128..<100_960, 106_752..<132_704, 141_056..<165_984, 172_288..<206_272, 215_296..<238_176,
                241_920..<268_384, 280_832..<329_152, 339_712..<385_984, 393_984..<418_400, 424_704..<455_616, 465_664..<518_080,
                524_544..<587_200, 590_592..<668_096,
            ]
        ),
    ]

    private func detector(_ model: URL = TranscriberTests.voiceDetector) throws -> SileroDetector {
        try SileroDetector(model: model, library: OnnxLibrary(home: NativeSamples.home))
    }

    private func stretches(_ samples: [Float], _ detector: SpeechActivityDetector, block: Int) throws -> [Range<Int>] {
        var found: [Range<Int>] = []
        for start in stride(from: 0, to: samples.count, by: block) {
            let end = min(start + block, samples.count)
            found += try detector.accept(samples[start..<end], isLast: end == samples.count)
        }
        return found
    }

    @Test(arguments: [1000, 160_000])
    func findsWhatSherpaFinds(block: Int) throws {
        let silero = try detector()
        for expected in Self.sherpa {
            let audio = try NativeSamples.speech(expected.recording)
            let found = try stretches(audio.samples, SpeechActivityDetector(silero, options: expected.options), block: block)
            #expect(found == expected.stretches, "\(expected.recording) with \(expected.options)")
        }
    }

    @Test func hearsWhileSomebodySpeaks() throws {
        let audio = try NativeSamples.speech("two_cities.wav")
        let detector = SpeechActivityDetector(try detector(), options: Self.sherpa[2].options)
        #expect(try detector.accept(audio.samples[..<16_000], isLast: false).isEmpty && !detector.hears)
        #expect(try detector.accept(audio.samples[16_000..<60_000], isLast: false).isEmpty && detector.hears)
        #expect(try detector.accept(audio.samples[60_000..<140_000], isLast: false) == [19_200..<132_864] && !detector.hears)
        #expect(try detector.accept([], isLast: true).isEmpty && !detector.hears)
    }

    @Test func silenceIsNotSpeech() throws {
        let detector = SpeechActivityDetector(try detector(), options: Self.sherpa[0].options)
        #expect(try detector.accept([Float](repeating: 0, count: 80_000)[...], isLast: true).isEmpty)
        #expect(!detector.hears)
    }

    /// One model serves many recordings, each with its own memory.
    @Test func recordingsDontDisturbEachOther() async throws {
        let silero = try detector()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let expected = Self.sherpa[number % Self.sherpa.count]
                    let audio = try NativeSamples.speech(expected.recording)
                    let detector = SpeechActivityDetector(silero, options: expected.options)
                    return try stretches(audio.samples, detector, block: 16_000) == expected.stretches
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test func otherFilesAreRefused() throws {
        #expect(throws: NativeEngineError.modelMissing(name: "Silero VAD")) { try detector(URL(fileURLWithPath: "/nonexistent")) }
        #expect(throws: NativeEngineError.self) { try detector(TranscriberTests.model.appending(path: "encoder_model.ort")) }
        let file = FileManager.default.temporaryDirectory.appending(path: "silero-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        let whole = try Data(contentsOf: TranscriberTests.voiceDetector)
        for damaged in [Data(), Data("not a model".utf8), whole.prefix(whole.count / 2)] {
            try damaged.write(to: file)
            #expect(throws: NativeEngineError.self) { try detector(file) }
        }
    }
}
