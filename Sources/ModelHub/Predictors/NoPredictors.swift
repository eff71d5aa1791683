import Foundations

/// The directory of a server without predictors.
public struct NoPredictors: PredictorDirectory {
    public init() {}

    public func predictors() async -> [PredictorSummary] { [] }
    public func summary(of name: String) async -> PredictorSummary? { nil }
    public func handlers() async -> [any Handler] { [] }
    public func predictor(_ name: String, version: String?) async throws -> any Predictor {
        throw ModelHubError.modelNotFound(name)
    }
    public func loadPredictor(_ name: String, by deadline: Deadline) async throws { throw ModelHubError.modelNotFound(name) }
    public func unloadPredictor(_ name: String) async throws { throw ModelHubError.modelNotFound(name) }
}
