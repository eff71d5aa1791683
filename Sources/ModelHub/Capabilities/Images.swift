import Engines
import Foundations

/// Makes pictures from words.
public protocol ImageGenerator: Sendable {
    /// The id callers name the model by.
    var id: String { get }
    /// The engine behind it, as lists name it.
    var backend: String { get }
    /// Makes one picture. Cancelling the task stops the engine.
    /// - Parameter progress: told the stages `queue` (of `total`, the place in line) and `paint` (steps, where the engine tells them).
    /// - Throws: `LaneError`, `PoolError`, `EndpointError`, `DeadlineExceeded`, `CancellationError`.
    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage
}

/// What a surface needs to make pictures: a model by its name.
public protocol ImageDirectory: Sendable {
    /// - Parameter id: `nil` chooses the default.
    /// - Throws: `ModelHubError.modelNotFound`, `.modelNotFetched`, `ModelFailure.cannot`, `.noImageModel`.
    func imageGenerator(id: String?) async throws -> any ImageGenerator
}
