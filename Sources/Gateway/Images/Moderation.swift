import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// `/v1/moderations` (https://platform.openai.com/docs/api-reference/moderations): what the policy of pictures thinks of texts.
enum Moderation {
    private static let maxTexts = 32
    private static let maxCharacters = 100_000

    @Sendable static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let texts = texts(fields)
        try fields.finish(.invalidRequest)
        let id = "modr-\(context.requestID)"
        return try await services.threads.run {
            let policy = ImagePolicy()
            return .json([
                "id": .string(id), "model": "martlet-image-policy",
                "results": .array(
                    texts.map { result(policy.review([PolicyText($0)], subjects: [], profile: .moderated, softens: true)) }),
            ])
        }
    }

    /// One text, several, or OpenAI's parts of type text.
    private static func texts(_ fields: FieldReader) -> [String] {
        guard let value = fields.value("input") else {
            fields.fault("input", "missing", "The field 'input' is required.")
            return []
        }
        let items = value.arrayValue ?? [value]
        let texts = items.compactMap { $0.stringValue ?? ($0["type"]?.stringValue == "text" ? $0["text"]?.stringValue : nil) }
        guard texts.count == items.count, (1...maxTexts).contains(texts.count) else {
            fields.fault("input", "wrong_type", "'input' is a text, or 1 to \(maxTexts) texts. Pictures aren't judged here.")
            return []
        }
        guard texts.reduce(0, { $0 + $1.count }) <= maxCharacters else {
            fields.fault("input", "text_too_long", "The texts may have \(maxCharacters) characters together.")
            return []
        }
        return texts
    }

    private static func result(_ verdict: PolicyVerdict) -> JSONValue {
        let found = Set(verdict.categories)
        let isFlagged = verdict.decision != .allowed
        let categories: [String: Bool] = ["sexual": isFlagged && !found.isEmpty, "sexual/minors": found.contains(.minors)]
        return [
            "flagged": .bool(isFlagged), "categories": .object(categories.mapValues(JSONValue.bool)),
            // The policy knows words, not likelihoods.
            "category_scores": .object(categories.mapValues { .number($0 ? 1 : 0) }),
            "decision": .string(verdict.decision.rawValue), "code": verdict.code.map { .string($0.rawValue) } ?? .null,
            "policy_categories": .array(verdict.categories.map { .string($0.rawValue) }), "message": .string(verdict.message),
        ]
    }
}
