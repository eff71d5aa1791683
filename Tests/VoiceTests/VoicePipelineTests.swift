import Engines
import Foundation
import Foundations
import Media
import ModelHub
import Synchronization
import Testing
import Voice

@Suite struct VoicePipelineTests {
    private let context = RequestContext(deadline: .after(.seconds(30)))

    private func pipeline(_ models: ScriptedModels, _ change: (inout Configuration) -> Void = { _ in }) -> VoicePipeline {
        var configuration = Configuration()
        change(&configuration)
        return VoicePipeline(models: models, speech: models, configuration: configuration)
    }

    private func run(
        _ pipeline: VoicePipeline, _ turn: VoiceTurn, _ seen: EventLog = EventLog()
    ) async throws -> (VoiceTurnReport, [VoiceTurnEvent]) {
        let report = try await pipeline.run(turn, context: context) { seen.add($0) }
        return (report, seen.all)
    }

    private static let second = AudioSamples(sampleRate: 16_000, samples: [Float](repeating: 0.1, count: 16_000))

    @Test func aTurnIsHeardThoughtAboutAndSpoken() async throws {
        let models = ScriptedModels(heard: ["What is", "the time?"], answer: ["<think>Hm.</think>It is **nine", "** o'clock. ", "Good night!"])
        let (report, events) = try await run(pipeline(models), VoiceTurn(.sound(Self.second), history: [.init(.user, "Hi"), .init(.assistant, "Hello")]))
        #expect(report.question == "What is the time?" && report.transcriber == "ears" && report.synthesizer == "mouth" && report.model == "brain")
        #expect(report.answer == "<think>Hm.</think>It is **nine** o'clock. Good night!")
        #expect(report.spoken == "It is nine o'clock. Good night!")
        #expect(models.spoken.all == ["It is nine o'clock.", "Good night!"])
        #expect(models.asked.all.map(\.text) == [Configuration().voice.instructions, "Hi", "Hello", "What is the time?"])
        #expect(report.soundSeconds == 2)
        let names = events.map(\.name)
        #expect(names.filter { $0 == "heard" }.count == 2 && names.filter { $0 == "sound" }.count == 2)
        let heard = try #require(names.firstIndex(of: "transcribed"))
        let text = try #require(names.firstIndex(of: "text"))
        #expect(heard < text)
        #expect(report.stages.map(\.stage) == [.transcribe, .think, .speak])
        #expect(report.stages.allSatisfy { $0.start <= $0.end && $0.end <= report.total })
    }

    @Test func speakingBeginsWhileTheModelStillWrites() async throws {
        // The model writes its second sentence only once the first was spoken.
        let models = ScriptedModels(heard: ["Tell me."], answer: ["The first sentence is here. And then something more comes ", "as the second one."], waitsForSpeech: true)
        let (report, events) = try await run(pipeline(models), VoiceTurn(.sound(Self.second)))
        #expect(models.spoken.all.count == 2)
        let names = events.map(\.name)
        let sound = try #require(names.firstIndex(of: "sound"))
        let lastText = try #require(names.lastIndex(of: "text"))
        #expect(sound < lastText)
        #expect(try #require(report.firstSound) < report.total)
    }

    @Test func writtenTurnsNeedNoEars() async throws {
        let models = ScriptedModels(heard: [], answer: ["Yes."])
        var turn = VoiceTurn(.text("Is it?"))
        turn.isSpoken = false
        let (report, events) = try await run(pipeline(models), turn)
        #expect(report.transcript == nil && report.answer == "Yes." && report.firstSound == nil && models.spoken.all.isEmpty)
        #expect(!events.map(\.name).contains("sound"))
    }

    @Test func memoryIsBounded() async throws {
        let models = ScriptedModels(heard: ["Now?"], answer: ["Yes."])
        let history = (0..<20).map { VoiceTurn.Message($0 % 2 == 0 ? .user : .assistant, "message \($0)") }
        _ = try await run(pipeline(models) { $0.voice.memory = 4 }, VoiceTurn(.sound(Self.second), history: history))
        #expect(models.asked.all.map(\.text).dropFirst() == ["message 16", "message 17", "message 18", "message 19", "Now?"])
    }

    @Test func whatCannotBeAnsweredSaysWhy() async throws {
        let silent = pipeline(ScriptedModels(heard: [], answer: ["x"]))
        await #expect(throws: VoiceError.nothingHeard) { try await run(silent, VoiceTurn(.sound(Self.second))) }
        let short = AudioSamples(sampleRate: 16_000, samples: [0, 0])
        await #expect(throws: VoiceError.tooShort) { try await run(silent, VoiceTurn(.sound(short))) }
        let strict = pipeline(ScriptedModels(heard: ["x"], answer: ["x"])) { $0.voice.maxSeconds = 0.5 }
        await #expect(throws: VoiceError.tooLong(seconds: 1, limit: 0.5)) { try await run(strict, VoiceTurn(.sound(Self.second))) }
        let mute = pipeline(ScriptedModels(heard: ["x"], answer: [" ", "\n"]))
        await #expect(throws: VoiceError.nothingAnswered) { try await run(mute, VoiceTurn(.sound(Self.second))) }
    }

    @Test func whoStopsListeningEndsTheTurn() async throws {
        struct Left: Error {}
        let models = ScriptedModels(heard: ["Talk."], answer: [String](repeating: "On and on it goes. ", count: 10_000))
        await #expect(throws: Left.self) {
            try await pipeline(models).run(VoiceTurn(.sound(Self.second)), context: context) { event in
                if case .sound = event { throw Left() }
            }
        }
        #expect(models.spoken.all.count < 10_000)
    }

    @Test func cancellationEndsTheTurn() async throws {
        let models = ScriptedModels(heard: ["Talk."], answer: ["One sentence. ", "Another one."], waitsForSpeech: true, neverSpeaks: true)
        let begun = EventLog()
        let task = Task { try await run(pipeline(models), VoiceTurn(.sound(Self.second)), begun) }
        while begun.all.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func voiceNotesHaveWhatPlatformsWant() async throws {
        let samples = (0..<44_100).map { Float(Double($0) / 44_100 * sin(2 * .pi * 300 * Double($0) / 22_050)) }
        let note = try await VoiceNoteEncoder.make(samples, sampleRate: 22_050)
        #expect(note.seconds == 2 && note.waveform.count == 20 && note.waveform.max() == 255 && note.waveform[0] < 20)
        #expect(note.ogg.starts(with: Data("OggS".utf8)) && note.ogg.range(of: Data("OpusHead".utf8)) != nil)
        let long = try await VoiceNoteEncoder.make([Float](repeating: 0, count: 22_050 * 60), sampleRate: 22_050)
        #expect(long.waveform.count == 256)
    }
}

/// Models that hear, think and say what the test tells them.
private final class ScriptedModels: ModelDirectory, SpeechDirectory, Transcriber, Sendable {
    let spoken = Log<String>()
    let asked = Log<VoiceTurn.Message>()
    private let heard: [String]
    private let answer: [String]
    private let waitsForSpeech: Bool
    private let neverSpeaks: Bool

    init(heard: [String], answer: [String], waitsForSpeech: Bool = false, neverSpeaks: Bool = false) {
        self.heard = heard
        self.answer = answer
        self.waitsForSpeech = waitsForSpeech
        self.neverSpeaks = neverSpeaks
    }

    func models() async -> [ModelSummary] { [] }
    func chatModel(id: String?, context: RequestContext) async throws -> any ChatModel { Brain(models: self) }
    func transcriber(id: String?, context: RequestContext) async throws -> any Transcriber { self }
    func synthesizer(id: String?, context: RequestContext) async throws -> any SpeechSynthesizer { Mouth(models: self) }
    func speechModels() async -> SpeechModelList { SpeechModelList() }

    let id = "ears"
    let languages = ["en"]

    func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard report: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        let segments = heard.enumerated().map { TranscriptSegment(start: Double($0), end: Double($0) + 1, text: $1) }
        for segment in segments { try await report?(segment) }
        return Transcript(segments: segments, language: "en", duration: audio.duration)
    }

    func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession { throw CancellationError() }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        for message in request.messages {
            guard case .text(let text)? = message.parts.first else { continue }
            asked.add(.init(message.role == .assistant ? .assistant : .user, text))
        }
        let (stream, continuation) = ChatStream.makeStream()
        let task = Task {
            for (place, piece) in answer.enumerated() {
                while waitsForSpeech, place > 0, spoken.all.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
                continuation.yield([.text(piece)])
            }
            continuation.yield([.finished(ChatFinish(reason: "stop"))])
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
        if neverSpeaks { try await Task.sleep(for: .seconds(60)) }
        spoken.add(request.text)
        return AsyncThrowingStream { continuation in
            continuation.yield(AudioSamples(sampleRate: 1000, samples: [Float](repeating: 0, count: 1000)))
            continuation.finish()
        }
    }

    private struct Brain: ChatModel {
        let models: ScriptedModels
        let id = "brain"
        let backend = "script"
        let seesImages = false
        var contextTokens: Int? { nil }
        var patchSize: Int? { nil }
        func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream { try await models.stream(request, context: context) }
    }

    private struct Mouth: SpeechSynthesizer {
        let models: ScriptedModels
        let id = "mouth"
        let voices = ["only"]
        let languages = ["en"]
        func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
            try await models.speak(request, context: context)
        }
    }
}

/// Collects things from any task.
final class Log<Element: Sendable>: Sendable {
    private let things = Mutex<[Element]>([])
    func add(_ thing: Element) { things.withLock { $0.append(thing) } }
    var all: [Element] { things.withLock { $0 } }
}

typealias EventLog = Log<VoiceTurnEvent>

extension VoiceTurnEvent {
    fileprivate var name: String {
        switch self {
        case .began: "began"
        case .ended: "ended"
        case .heard: "heard"
        case .transcribed: "transcribed"
        case .text: "text"
        case .sound: "sound"
        }
    }
}
