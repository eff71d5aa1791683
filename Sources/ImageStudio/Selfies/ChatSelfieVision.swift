import Engines
import Foundation
import Foundations
import ModelHub

/// A vision model of the hub as the one that looks at selfies.
public struct ChatSelfieVision: SelfieVision {
    private let models: any ModelDirectory
    private let id: String?

    /// - Parameter id: a chat model that looks at pictures; `nil`: the default one.
    public init(models: any ModelDirectory, id: String?) {
        self.models = models
        self.id = id
    }

    /// - Throws: `SelfieVisionError.noVisionModel`; what the hub and the engine throw; `DeadlineExceeded`, `CancellationError`.
    public func answer(_ instruction: String, picture: Data, schema: String, maxTokens: Int, context: RequestContext) async throws -> String {
        let asking = ChatPromptModel(models: models, id: id, context: context)
        let model = try await asking.model()
        guard model.seesImages else { throw SelfieVisionError.noVisionModel }
        let parts: [ChatMessage.Part] = [.image(picture, type: "image/jpeg"), .text("Answer about this picture.")]
        return try await asking.answer(of: model, instruction, parts, schema: schema, maxTokens: maxTokens)
    }
}

/// Why nobody looks at selfies.
public enum SelfieVisionError: ReportableError, Equatable {
    case noVisionModel

    public var report: ErrorReport {
        ErrorReport(
            .unavailable, code: "no_vision_model",
            "No model here looks at pictures, which reading a selfie takes. Name one by images.eye: an endpoint with the capability vision, or a local "
                + "vision model (`martlet models list`). Features can be written down by hand: PUT /v1/profiles/{handle}.")
    }
}
