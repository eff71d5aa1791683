import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio
import Media

/// `/v1/images/generations` (https://platform.openai.com/docs/api-reference/images/create).
enum ImageGeneration {
    /// OpenAI's own names, for clients that can't be told another: the default model.
    private static let aliases: Set<String> = ["dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5"]
    private static let standardSide = 1024

    @Sendable static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let transport = fields.choice("response_format", of: StudioDocument.Transport.self) ?? .base64
        let wanted = try wishes(fields, services.configuration.images)
        if request.prefersAsync { return try await answering.background(wanted, request) }
        let document = try await answering.document(try await answering.make(wanted), of: wanted, byURL: transport == .url)
        return .json(transport == .url ? absolute(document, request) : document)
    }

    private static func wishes(_ fields: FieldReader, _ limits: ImagesConfiguration) throws -> StudioRequest {
        let numbers = PictureFields(limits)
        let prompt = fields.requiredString("prompt")
        let negative = fields.string("negative_prompt").flatMap { $0.isEmpty ? nil : $0 }
        numbers.check(prompt, "prompt", fields)
        numbers.check(negative ?? "", "negative_prompt", fields)
        let side = min(standardSide, limits.maxSide / PictureFields.block * PictureFields.block)
        var settings = numbers.settings(fields, PictureSettings(size: PixelSize(width: side, height: side)))
        settings.count = fields.integer(numbers.count) ?? 1
        if let model = settings.model, aliases.contains(model) { settings.model = nil }
        try fields.finish(.invalidRequest)
        return StudioRequest(.words(prompt: prompt, negativePrompt: negative), settings: settings)
    }

    /// OpenAI's clients expect URLs that name the server: as the caller named it, which the Host check has let pass.
    private static func absolute(_ document: JSONValue, _ request: Request) -> JSONValue {
        guard var object = document.objectValue, let items = object["data"]?.arrayValue, let host = request.head.authority else { return document }
        object["data"] = .array(
            items.map { item in
                guard var item = item.objectValue, let path = item["url"]?.stringValue else { return item }
                item["url"] = .string("http://\(host)\(path)")
                return .object(item)
            })
        return .object(object)
    }
}
