import Engines
import Foundations

/// The body of `/v1/embeddings`, checked.
package struct EmbeddingsBody: Sendable {
    package var model: String?
    package var inputs: [EmbeddingInput] = []
    package var dimensions: Int?
    package var isBase64 = false

    static let dimensions = NumericField.integer("dimensions", 1...65_536, "Numbers of each vector; default: all there are")

    private enum Format: String, CaseIterable { case float, base64 }

    /// - Throws: `invalidFields` (400, as OpenAI answers) naming every fault.
    package init(_ object: [String: JSONValue], _ limits: EmbeddingsConfiguration) throws {
        let fields = FieldReader(object)
        model = fields.string("model").flatMap { $0.isEmpty ? nil : $0 }
        dimensions = fields.integer(Self.dimensions)
        isBase64 = fields.choice("encoding_format", of: Format.self) == .base64
        inputs = Self.inputs(fields, limits)
        try fields.finish(.invalidRequest)
    }

    /// One text, several texts, the tokens of one text, or of several.
    private static func inputs(_ fields: FieldReader, _ limits: EmbeddingsConfiguration) -> [EmbeddingInput] {
        guard let value = fields.value("input") else {
            fields.fault("input", "missing", "The field 'input' is required.")
            return []
        }
        var items = value.arrayValue ?? [value]
        if case .integer? = items.first { items = [value] }
        guard !items.isEmpty, items.count <= limits.maxInputs else {
            fields.fault("input", "out_of_range", "'input' may be 1 to \(limits.maxInputs) texts.")
            return []
        }
        var inputs: [EmbeddingInput] = []
        for (index, item) in items.enumerated() {
            switch item {
            case .string(let text) where !text.isEmpty: inputs.append(.text(text))
            case .array(let numbers) where !numbers.isEmpty:
                guard numbers.count <= limits.maxTokens else {
                    fields.fault("input[\(index)]", "out_of_range", "An input may have \(limits.maxTokens) tokens at most.")
                    return []
                }
                let tokens = numbers.compactMap { if case .integer(let token) = $0 { token } else { nil } }
                guard tokens.count == numbers.count else { fallthrough }
                inputs.append(.tokens(tokens))
            default:
                fields.fault("input[\(index)]", "wrong_type", "An input is a text that isn't empty, or a list of tokens.")
                return []
            }
        }
        return inputs
    }
}
