import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio
import Media
import ModelHub

/// `/v1/images/generations` (https://platform.openai.com/docs/api-reference/images/create).
enum ImageGeneration {
    private enum Transport: String, CaseIterable { case b64_json }

    /// OpenAI's own names, for clients that can't be told another: the default model.
    private static let aliases: Set<String> = ["dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5"]
    private static let standard = PixelSize(width: 1024, height: 1024)
    private static let smallest = 64
    /// Sides are multiples of this: models paint in blocks.
    private static let block = 16

    @Sendable static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        guard let pictures = services.dependencies.pictures else { throw ModelFailure.noImageModel }
        let wanted = try wishes(FieldReader(try await BodyReader.jsonObject(request, context, services)), services.configuration.images)
        let made = try await services.bounded(context) { try await pictures.make(wanted, context: context.foundation) }
        context.record.update { $0.model = made.model }
        return try await services.threads.run { .json(document(made)) }
    }

    private static func document(_ made: PictureSet) -> JSONValue {
        var document: [String: JSONValue] = [
            "created": .integer(Int(Date().timeIntervalSince1970)), "model": .string(made.model),
            "softened": .bool(made.verdict.decision == .softened),
            "data": .array(
                made.pictures.map { picture in
                    var item: [String: JSONValue] = [
                        "b64_json": .string(picture.file.base64EncodedString()), "seed": .integer(Int(picture.seed)), "covered": .bool(picture.isCovered),
                    ]
                    if let words = picture.revisedPrompt { item["revised_prompt"] = .string(words) }
                    return .object(item)
                }),
        ]
        if let first = made.pictures.first {
            document["output_format"] = .string(first.format.rawValue)
            document["size"] = .string("\(first.size.width)x\(first.size.height)")
        }
        return .object(document)
    }

    private static func wishes(_ fields: FieldReader, _ limits: ImagesConfiguration) throws -> PictureRequest {
        let prompt = fields.requiredString("prompt")
        let negative = fields.string("negative_prompt").flatMap { $0.isEmpty ? nil : $0 }
        for (name, text) in [("prompt", prompt), ("negative_prompt", negative ?? "")] where text.count > limits.maxCharacters {
            fields.fault(name, "text_too_long", "'\(name)' may have \(limits.maxCharacters) characters (images.max_characters).")
        }
        let numbers = ImageFields(limits)
        let size = size(fields, limits)
        _ = fields.choice("response_format", of: Transport.self)
        let wanted = PictureRequest(
            prompt: prompt, negativePrompt: negative,
            model: fields.string("model").flatMap { $0.isEmpty || aliases.contains($0) ? nil : $0 }, size: size,
            count: fields.integer(numbers.count) ?? 1, seed: fields.integer(numbers.seed).flatMap { UInt32(exactly: $0) },
            steps: fields.integer(numbers.steps), guidance: fields.number(numbers.guidance),
            format: fields.choice("output_format", of: PictureFormat.self) ?? .png, quality: fields.integer(numbers.quality) ?? 90)
        try fields.finish(.invalidRequest)
        return wanted
    }

    private static func size(_ fields: FieldReader, _ limits: ImagesConfiguration) -> PixelSize {
        guard let text = fields.string("size"), !text.isEmpty, text != "auto" else {
            let side = min(standard.width, limits.maxSide / block * block)
            return PixelSize(width: side, height: side)
        }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        if sides.count == 2, let width = sides[0], let height = sides[1],
            [width, height].allSatisfy({ (smallest...limits.maxSide).contains($0) && $0.isMultiple(of: block) })
        {
            return PixelSize(width: width, height: height)
        }
        fields.fault(
            "size", "unknown_value",
            "'size' is auto, or WIDTHxHEIGHT with sides of \(smallest) to \(limits.maxSide) pixels (images.max_side) that are multiples of \(block).")
        return standard
    }
}

/// The numbers that a request for pictures may carry.
struct ImageFields {
    let count: NumericField
    let seed = NumericField.integer("seed", 0...Int(UInt32.max), "The same seed, words and settings make the same picture; default: a random one, which the answer tells")
    let steps: NumericField
    let guidance = NumericField.number("guidance", 0...30, "How closely the words are followed; default: the engine's own")
    let quality = NumericField.integer("output_compression", 1...100, fallback: 90, "Quality of JPEG and WebP files")

    init(_ limits: ImagesConfiguration) {
        count = .integer("n", 1...limits.maxCount, fallback: 1, "Pictures")
        steps = .integer("steps", 1...limits.maxSteps, "Steps of the sampler; default: the engine's own")
    }

    var all: [NumericField] { [count, seed, steps, guidance, quality] }
}
