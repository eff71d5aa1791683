import Foundation
import Foundations

/// Asks a vision model for features. An answer of another form gets one second try that says what was wrong.
struct SelfieReader: Sendable {
    let vision: any SelfieVision
    let context: RequestContext

    /// A feature with how sure it is takes some 25 tokens; there are 32 of them in an answer about a face.
    private static let tokensOfFeature = 50
    /// Longer answers aren't looked at.
    private static let longestAnswer = 20_000

    /// - Parameter known: what is known already. What the answer doesn't know stays as it is.
    /// - Throws: `FeatureSchema.Failure`: the person isn't an adult, or the answers had no use; what the model throws;
    ///   `CancellationError`.
    func features(
        _ instruction: String, _ schema: FeatureSchema, picture: Data, known: FaceFeatures = FaceFeatures()
    ) async throws -> FaceFeatures {
        do {
            return try await ask(instruction, schema, picture, known)
        } catch let failure as FeatureSchema.Failure where failure != .underAge {
            return try await ask(SelfieInstructions.repair(instruction, failure), schema, picture, known)
        }
    }

    private func ask(_ instruction: String, _ schema: FeatureSchema, _ picture: Data, _ known: FaceFeatures) async throws -> FaceFeatures {
        try Task.checkCancellation()
        let answer: String
        do {
            answer = try await vision.answer(
                instruction, picture: picture, schema: schema.json, maxTokens: schema.features.count * Self.tokensOfFeature,
                context: context)
        } catch {
            // A cancelled caller shows as many kinds of errors.
            try Task.checkCancellation()
            throw error
        }
        try Task.checkCancellation()
        guard answer.utf8.count <= Self.longestAnswer else { throw FeatureSchema.Failure.notJSON }
        return try schema.features(in: Data(answer.utf8), known: known)
    }
}
