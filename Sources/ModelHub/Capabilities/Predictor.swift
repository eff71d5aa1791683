import Engines
import Foundation
import Foundations

/// Computes tensors from tensors.
public protocol Predictor: Sendable {
    /// The name callers know it by.
    var name: String { get }
    var state: PredictorState { get async }
    /// Makes it ready; returns at once when it is.
    /// - Throws: a report that says why it can't be.
    func load(by deadline: Deadline) async throws
    /// Gives its memory back. It loads again when it is used again, unless it runs on another server.
    /// - Throws: a report of that server.
    func unload() async throws
    /// What it takes and gives. Loads it when it isn't loaded.
    func metadata(context: RequestContext) async throws -> InferenceMetadata
    /// Computes. Loads the model when it isn't loaded; requests that don't fit it are refused before it sees them.
    /// - Throws: `InferenceError`, or a report of the engine.
    func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse
}

public enum PredictorState: Sendable, Equatable {
    /// Loads when it is used.
    case onDisk
    case loading
    case ready
    /// Why, in a sentence for people.
    case failed(String)
}

/// A model that an operator brings (`handlers`, `MODEL_REGISTRY`). Besides tensors it may answer about whole files.
public protocol Handler: Predictor {
    /// Its folder, as configured.
    var directory: String { get }
    /// Answers about files, in their order, with an object of its own making.
    /// - Throws: `InferenceError.takesNoFiles`, and as `predict`.
    func answer(_ files: [HandlerFile], context: RequestContext) async throws -> JSONValue
}

/// A file that came with a request. It lives as long as the request.
public struct HandlerFile: Sendable, Equatable {
    public var url: URL
    /// The caller's name for it; never a path.
    public var name: String
    public var bytes: Int

    public init(url: URL, name: String, bytes: Int) {
        self.url = url
        self.name = name
        self.bytes = bytes
    }
}

/// What the tensor surfaces need of the hub.
public protocol PredictorDirectory: Sendable {
    /// Every predictor, handlers first, and how it stands.
    func predictors() async -> [PredictorSummary]
    /// How one predictor stands, without asking after the others; `nil` when there is none of that name.
    func summary(of name: String) async -> PredictorSummary?
    /// - Parameter version: `nil` or empty: the one there is.
    /// - Throws: a report with code `model_not_found`, `version_not_found` or `model_not_fetched`.
    func predictor(_ name: String, version: String?) async throws -> any Predictor
    /// The operator's own models, in the order of the configuration.
    func handlers() async -> [any Handler]
    /// Loads a predictor and returns when it answers.
    func loadPredictor(_ name: String, by deadline: Deadline) async throws
    /// Unloads a predictor. It isn't ready until it is loaded; a request for it loads it too.
    func unloadPredictor(_ name: String) async throws
}

/// A predictor as lists show it.
public struct PredictorSummary: Sendable, Equatable {
    public var name: String
    public var version: String
    /// Whether it answers now, loading itself if need be.
    public var isReady: Bool
    /// Why it isn't ready.
    public var reason: String?

    public init(name: String, version: String = PredictorSummary.onlyVersion, isReady: Bool, reason: String? = nil) {
        self.name = name
        self.version = version
        self.isReady = isReady
        self.reason = reason
    }

    /// Martlet keeps one version of a model.
    public static let onlyVersion = "1"
}
