import Foundation
import Foundations

/// Pictures from endpoints (https://platform.openai.com/docs/api-reference/images).
extension OpenAIClient {
    /// Has one picture made. Cancelling the task closes the connection, which makes most engines stop.
    /// - Throws: as `stream`.
    public func generateImage(_ image: ImageRequest, context: RequestContext) async throws -> GeneratedImage {
        // By this route, sd-server takes orders from inside the prompt between such marks; whoever writes a prompt has none to give.
        let prompt = image.prompt.replacing(/<\/?\s*sd_cpp_extra_args\s*>/.ignoresCase(), with: " ")
        var body: [String: JSONValue] = [
            "model": .string(model), "prompt": .string(prompt), "n": 1, "size": .string("\(image.size.width)x\(image.size.height)"),
            "response_format": "b64_json", "seed": .integer(Int(image.seed)),
        ]
        // Names that OpenAI's API hasn't, in the words of most servers of one's own.
        if let negative = image.negativePrompt { body["negative_prompt"] = .string(negative) }
        if let steps = image.steps { body["steps"] = .integer(steps) }
        if let guidance = image.guidance { body["guidance_scale"] = .number(guidance) }
        let request = exchange.request(.POST, "/images/generations", json: JSONValue.object(body).encoded(), context)
        let response = try await exchange.open(request, context, isPatient: true)
        let answer = try await exchange.document(response.body, limit: limits.maxAnswerBytes, context)
        // An address instead would have us fetch from wherever the endpoint says.
        guard let item = answer["data"]?.arrayValue?.first, let text = item["b64_json"]?.stringValue, let file = Data(base64Encoded: text),
            !file.isEmpty
        else { throw EndpointError.protocolViolation(name: name) }
        return GeneratedImage(file: file, revisedPrompt: item["revised_prompt"]?.stringValue)
    }
}
