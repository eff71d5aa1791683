import Expressions
import Foundation
import Foundations
import ImageStudio
import ModelHub
import VideoAnalysis
import Voice

/// Brings a video from a URL to a file, guarding against private addresses, endless bodies and slow servers.
public protocol VideoFetching: Sendable {
    /// - Parameter maxBytes: a bound beside the configured one, kept while bytes arrive.
    /// - Returns: the file, somewhere inside `directory`.
    /// - Throws: a reportable error that says why the URL can't be used.
    func fetch(
        _ url: String, into directory: URL, maxBytes: Int?, deadline: Deadline, progress: ProgressHandler?
    ) async throws -> URL
}

extension VideoFetching {
    func fetch(_ url: String, into directory: URL, deadline: Deadline, progress: ProgressHandler?) async throws -> URL {
        try await fetch(url, into: directory, maxBytes: nil, deadline: deadline, progress: progress)
    }
}

/// Whether the server can do its work now.
public enum Readiness: Sendable, Equatable {
    case ready
    /// One plain sentence: what is missing, and how far it has come.
    case notReady(String)
}

/// A graphics card as the detailed health shows it. Gigabytes are 10^9 bytes.
public struct GPUStatus: Sendable, Equatable {
    public var id: Int
    public var name: String
    public var memoryAllocatedGB: Double
    public var memoryReservedGB: Double

    public init(id: Int, name: String, memoryAllocatedGB: Double, memoryReservedGB: Double) {
        self.id = id
        self.name = name
        self.memoryAllocatedGB = memoryAllocatedGB
        self.memoryReservedGB = memoryReservedGB
    }
}

/// Everything behind the HTTP surface.
public struct GatewayDependencies: Sendable {
    public var questions: any VideoQuestionAnswering
    public var models: any ModelDirectory
    public var control: any ModelControl
    public var predictors: any PredictorDirectory
    /// `nil`: there are no pools to see or change.
    public var pools: (any PoolDirectory)?
    public var fetcher: any VideoFetching
    public var metrics: MetricsRegistry
    /// `nil`: nothing is traced.
    public var tracer: Tracer?
    /// Models that embed; `nil`: there are none.
    public var embedders: (any EmbedderDirectory)?
    /// `nil`: ready as soon as one model that chats is on disk or loaded.
    public var readiness: (@Sendable () async -> Readiness)?
    /// The graphics cards at hand; none by default.
    public var gpus: @Sendable () async -> [GPUStatus]
    /// What is wrong with the installation, and how to mend it; `nil`: nobody looks.
    public var findings: (@Sendable () async -> [Finding])?
    /// The library of videos and its jobs; `nil`: there is none.
    public var library: VideoLibrary?
    /// Expression features of the library's videos; `nil`: there are none.
    public var expressions: ExpressionLibrary?
    /// Models that hear and speak; `nil`: there are none.
    public var speech: (any SpeechDirectory)?
    /// Turns of spoken conversations; `nil`: there are none.
    public var voice: (any VoiceTurnRunning)?
    /// Messages of conversations; `nil`: none are kept.
    public var history: MessageHistory?
    /// Makes pictures, of people too; `nil`: nobody does.
    public var studio: StudioServices?
    /// Takes what Telegram brings; `nil`: it isn't expected to.
    public var telegram: TelegramWebhook?

    public init(
        questions: any VideoQuestionAnswering, models: any ModelDirectory, control: any ModelControl,
        predictors: any PredictorDirectory = NoPredictors(), pools: (any PoolDirectory)? = nil, fetcher: any VideoFetching,
        metrics: MetricsRegistry, tracer: Tracer? = nil, readiness: (@Sendable () async -> Readiness)? = nil,
        gpus: @escaping @Sendable () async -> [GPUStatus] = { [] },
        embedders: (any EmbedderDirectory)? = nil,
        findings: (@Sendable () async -> [Finding])? = nil, library: VideoLibrary? = nil, expressions: ExpressionLibrary? = nil,
        speech: (any SpeechDirectory)? = nil, voice: (any VoiceTurnRunning)? = nil, history: MessageHistory? = nil,
        telegram: TelegramWebhook? = nil, studio: StudioServices? = nil
    ) {
        self.questions = questions
        self.models = models
        self.control = control
        self.predictors = predictors
        self.pools = pools
        self.fetcher = fetcher
        self.metrics = metrics
        self.tracer = tracer
        self.readiness = readiness
        self.gpus = gpus
        self.embedders = embedders
        self.findings = findings
        self.library = library
        self.expressions = expressions
        self.speech = speech
        self.voice = voice
        self.history = history
        self.telegram = telegram
        self.studio = studio
    }
}
