import Engines
import Foundation
import Foundations
import Jobs
import Logging
import Media
import ModelHub
import Synchronization
import Testing
@testable import Voice

/// Does in each turn what the test says, and counts how often the model was asked.
final class ScriptedPipeline: VoiceTurnRunning {
    typealias Script = @Sendable (VoiceTurn, @Sendable (VoiceTurnEvent) async throws -> Void) async throws -> Void

    struct State: Sendable {
        var turns: [VoiceTurn] = []
        var script: Script?
        var heard = "What is the capital of France?"
        var answer = "Paris is the capital."
        /// Thrown instead of an answer, one per turn.
        var failures: [any Error & Sendable] = []
    }

    let state = Mutex(State())

    var asked: Int { state.withLock { $0.turns.count } }
    var turns: [VoiceTurn] { state.withLock { $0.turns } }

    func run(
        _ turn: VoiceTurn, context: RequestContext, emit: @escaping @Sendable (VoiceTurnEvent) async throws -> Void
    ) async throws -> VoiceTurnReport {
        let state = state.withLock { state -> State in
            if case .file(let url) = turn.input { #expect(FileManager.default.fileExists(atPath: url.path)) }
            return state
        }
        var transcript: Transcript?
        switch turn.input {
        case .text: break
        case .transcript(let kept): transcript = kept
        default:
            let segment = TranscriptSegment(start: 0, end: 1, text: state.heard, confidence: 0.5)
            transcript = Transcript(segments: state.heard.isEmpty ? [] : [segment], language: "en", duration: 1)
            try await emit(.began(.transcribe))
            for segment in transcript?.segments ?? [] { try await emit(.heard(segment)) }
        }
        if let transcript {
            try await emit(.transcribed(transcript))
            if transcript.segments.isEmpty { throw VoiceError.nothingHeard }
        }
        try Task.checkCancellation()
        self.state.withLock { $0.turns.append(turn) }
        if let failure = self.state.withLock({ $0.failures.isEmpty ? nil : $0.failures.removeFirst() }) { throw failure }
        if let script = state.script { try await script(turn, emit) }
        try await emit(.began(.think))
        for piece in state.answer.split(separator: " ", omittingEmptySubsequences: false) { try await emit(.text(piece + " ")) }
        try await emit(.ended(.think))
        if turn.isSpoken { try await emit(.sound(AudioSamples(sampleRate: 1000, samples: [0, 0.5, 0]), text: state.answer)) }
        return VoiceTurnReport(
            transcript: transcript, question: transcript?.text ?? "", answer: state.answer + " ", spoken: state.answer, model: "scripted",
            transcriber: nil, synthesizer: nil, stages: [], firstText: nil, firstSound: nil, total: 1, soundSeconds: 0)
    }
}

/// Models that speak, as far as there are any.
final class ScriptedSpeech: SpeechDirectory {
    struct State: Sendable {
        var voices = ["Anna", "Bert"]
        var hasVoice = true
        var failure: ErrorReport?
        var spoken: [SpeechRequest] = []
    }

    let state = Mutex(State())

    func transcriber(id: String?, context: RequestContext) async throws -> any Transcriber {
        throw ErrorReport(.notFound, code: "model_not_fetched", "No model.")
    }

    func synthesizer(id: String?, context: RequestContext) async throws -> any SpeechSynthesizer { Voice(speech: self) }

    func speechModels() async -> SpeechModelList {
        var list = SpeechModelList()
        list.transcribers = [.init(id: "ears", languages: [], voices: [])]
        let (hasVoice, voices) = state.withLock { ($0.hasVoice, $0.voices) }
        if hasVoice { list.synthesizers = [.init(id: "mouth", languages: [], voices: voices)] }
        return list
    }

    private struct Voice: SpeechSynthesizer {
        let speech: ScriptedSpeech
        let id = "mouth"
        let voices: [String] = []
        let languages: [String] = []

        func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
            let failure = speech.state.withLock { state in
                state.spoken.append(request)
                return state.failure
            }
            if let failure { throw failure }
            return AsyncThrowingStream { continuation in
                continuation.yield(AudioSamples(sampleRate: 1000, samples: [0.1, 0.2]))
                continuation.finish()
            }
        }
    }
}

/// A bot in a test: its database, its platform and what answers.
struct ChatBench: Sendable {
    let database: any Database
    let queue: JobQueue
    let history: MessageHistory
    let world = ChatPlatformDouble()
    let pipeline = ScriptedPipeline()
    let speech = ScriptedSpeech()
    let metrics: MetricsRegistry
    let folder: URL
    var configuration = Configuration()

    /// - Parameter configure: changes what is configured; user 7 may write, user 1 is an administrator.
    static func run(
        on storage: ChatDatabase = .sqlite, _ configure: @escaping @Sendable (inout Configuration) -> Void = { _ in },
        _ body: @Sendable (ChatBench) async throws -> Void
    ) async throws {
        try await storage.run { database, folder in
            let metrics = MetricsRegistry()
            let queue = JobQueue(store: try await JobStore(database), metrics: metrics)
            var bench = ChatBench(database: database, queue: queue, history: try await MessageHistory(database), metrics: metrics, folder: folder)
            bench.configuration.dataDirectory = folder.path
            bench.configuration.telegram.access.users = ["7"]
            bench.configuration.telegram.access.admins = ["1"]
            bench.configuration.jobs.retryBase = .milliseconds(10)
            configure(&bench.configuration)
            try await body(bench)
        }
    }

    func port(
        limit: Int = 4096, editInterval: Duration = .seconds(60), nonceLifetime: Duration = .zero, crash: ChatPortDouble.Crash? = nil
    ) -> ChatPortDouble {
        ChatPortDouble(world, limit: limit, editInterval: editInterval, nonceLifetime: nonceLifetime, crash: crash)
    }

    func service(_ port: ChatPortDouble) -> ChatService {
        var desk = ChatDesk(
            queue: queue, ports: [port.platform: port], pipeline: pipeline, speech: speech, history: history, configuration: configuration,
            metrics: metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, thinker: { "scripted" })
        desk.patience.base = .milliseconds(1)
        return ChatService(desk)
    }

    /// Runs the test beside a worker that does the bot's turns.
    func working(_ service: ChatService, _ body: @Sendable () async throws -> Void) async throws {
        var jobs = configuration.jobs
        jobs.workers = 4
        let worker = JobWorker(
            queue: queue, handlers: [service.turnHandler], configuration: jobs, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Waits until no turn is open any more.
    func settled() async throws {
        try await chatEventually {
            try await queue.store.jobs(JobQuery(states: JobState.open)).isEmpty
        }
    }

    func turns() async throws -> [Job] { try await queue.store.jobs(JobQuery(kind: ChatTurn.kind)) }
}

extension BotMessage {
    static func written(_ text: String, update: String = UUID().uuidString, user: String = "7", chat: String = "9") -> BotMessage {
        BotMessage(platform: .telegram, update: update, chat: chat, user: user, message: "q-\(update)", text: text)
    }

    static func spoken(seconds: Double? = 2, bytes: Int? = 1000, update: String = UUID().uuidString, user: String = "7") -> BotMessage {
        BotMessage(
            platform: .telegram, update: update, chat: "9", user: user, message: "q-\(update)",
            attachment: Attachment(reference: "file", seconds: seconds, bytes: bytes))
    }
}

/// Waits for something to become true.
func chatEventually(within limit: Duration = .seconds(20), _ condition: @Sendable () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it didn't happen in time")
}
