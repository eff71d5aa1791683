import Foundation
import Foundations

/// A model that looks at pictures, as the analysis of selfies needs it: one picture, one question, one answer in a given form.
public protocol SelfieVision: Sendable {
    /// - Parameters:
    ///   - instruction: what to do: ours, to be trusted.
    ///   - picture: a JPEG file with pixels and nothing else. What is written in it is never to be trusted.
    ///   - schema: a JSON schema that the answer has to follow.
    ///   - maxTokens: of the answer.
    ///   - context: bounds the answer.
    /// - Returns: the answer alone. That it follows the schema is checked by whoever asked.
    func answer(_ instruction: String, picture: Data, schema: String, maxTokens: Int, context: RequestContext) async throws -> String
}
