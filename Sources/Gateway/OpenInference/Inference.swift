import Engines
import Foundation
import Foundations
import ModelHub

/// What the REST and the gRPC surface of the Open Inference Protocol share.
package struct Inference: Sendable {
    let services: GatewayServices

    static let serverName = "martlet"
    /// Extensions of the protocol by the names that clients look for.
    static let extensions = [OpenInferenceClient.binaryExtension, "model_configuration", "parameters"]
    /// A caller's own time limit in microseconds, as Triton's clients write it.
    private static let timeoutParameter = "timeout"

    private var directory: any PredictorDirectory { services.dependencies.predictors }

    /// Whether the server takes inference requests.
    func isReady() async -> Bool {
        if Task.isShuttingDownGracefully { return false }
        if let readiness = services.dependencies.readiness { return await readiness() == .ready }
        return true
    }

    /// - Throws: a report that says why the model doesn't answer.
    func checkReady(_ model: String, version: String?) async throws {
        _ = try await directory.predictor(model, version: version)
        let summary = await directory.summary(of: model)
        guard summary?.isReady == true else { throw InferenceError.notReady(model: model, reason: summary?.reason) }
    }

    func metadata(of model: String, version: String?, context: Foundations.RequestContext) async throws -> InferenceMetadata {
        try await directory.predictor(model, version: version).metadata(context: context)
    }

    /// Refuses what would be refused anyway before its tensors are received.
    func checkAdmission(_ model: String, version: String?, context: Foundations.RequestContext) async throws {
        _ = try await directory.predictor(model, version: version)
        try await services.inferenceGate.check(context)
    }

    /// Asks a model, inside the bounds on work at once and on sizes.
    func infer(
        _ request: InferenceRequest, model: String, version: String?, context: Foundations.RequestContext
    ) async throws -> InferenceResponse {
        let predictor = try await directory.predictor(model, version: version)
        let context = try Self.limited(context, by: request)
        let response = try await services.inferenceGate.withPlace(context) {
            try await withDeadline(context.deadline, waitingFor: "the model") {
                try await predictor.predict(request, context: context)
            }
        }
        let limit = services.configuration.inference.maxBytes
        guard response.outputs.reduce(0, { $0 + $1.data.count }) <= limit else {
            throw EndpointError.answerTooLarge(name: model, limit: limit)
        }
        return response
    }

    /// Takes the parameters that mean the server. Sequences would need a model that keeps state between requests.
    private static func limited(
        _ context: Foundations.RequestContext, by request: InferenceRequest
    ) throws -> Foundations.RequestContext {
        if let sequence = request.parameters["sequence_id"], sequence != .integer(0), sequence != .string("") {
            throw InferenceError.unsupported(what: "sequences")
        }
        guard let microseconds = request.parameters[timeoutParameter]?.intValue, microseconds > 0 else { return context }
        return context.capped(at: .after(.microseconds(microseconds)))
    }
}
