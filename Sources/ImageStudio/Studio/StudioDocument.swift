import Foundation
import Foundations

/// What was made, as routes and jobs show it.
public struct StudioDocument: Sendable {
    /// How pictures are given out.
    public enum Transport: String, Sendable, CaseIterable {
        case base64 = "b64_json"
        case url
    }

    private let files: PictureFiles?

    /// - Parameter files: keeps the pictures, which are fetched by their URLs then; `nil`: they stand in the document.
    public init(files: PictureFiles?) { self.files = files }

    /// - Returns: OpenAI's object for pictures of somebody's own words; for others the object that chat and profile routes answer with.
    /// - Throws: `PictureFilesError`.
    public func json(_ answer: StudioAnswer, of request: StudioRequest) async throws -> JSONValue {
        if case .words = request.work { return try await list(answer.pictures) }
        guard let picture = answer.pictures.pictures.first else { throw PictureError.unreadable }
        let isPortrait = if case .portrait = request.work { true } else { false }
        var document = try await shown(picture, isPortrait ? "image_bytes_b64" : "image_base64", "image_url")
        document.merge([
            "seed": .integer(Int(picture.seed)), "model": .string(answer.pictures.model), "format": .string(picture.format.rawValue),
            "covered": .bool(picture.isCovered), "softened": .bool(answer.pictures.verdict.decision == .softened),
        ]) { $1 }
        if let prompt = answer.prompt {
            document["prompt_used"] = .string(prompt.value)
            document["prompt_source"] = .string(prompt.source.rawValue)
        }
        if let caption = answer.caption {
            document["caption"] = .string(caption.value)
            document["caption_source"] = .string(caption.source.rawValue)
        }
        if let bundle = answer.bundle { document["prompt_bundle"] = try JSONValue(parsing: JSONEncoder().encode(bundle)) }
        return .object(document)
    }

    private func list(_ made: PictureSet) async throws -> JSONValue {
        var items: [JSONValue] = []
        for picture in made.pictures {
            var item = try await shown(picture, "b64_json", "url")
            item["seed"] = .integer(Int(picture.seed))
            item["covered"] = .bool(picture.isCovered)
            if let words = picture.revisedPrompt { item["revised_prompt"] = .string(words) }
            items.append(.object(item))
        }
        var document: [String: JSONValue] = [
            "created": .integer(Int(Date().timeIntervalSince1970)), "model": .string(made.model),
            "softened": .bool(made.verdict.decision == .softened), "data": .array(items),
        ]
        if let first = made.pictures.first {
            document["output_format"] = .string(first.format.rawValue)
            document["size"] = .string("\(first.size.width)x\(first.size.height)")
        }
        return .object(document)
    }

    private func shown(_ picture: Picture, _ base64: String, _ url: String) async throws -> [String: JSONValue] {
        guard let files else { return [base64: .string(picture.file.base64EncodedString())] }
        let kept = try await files.keep(picture)
        return [url: .string(kept.path), "expires_at": .integer(Int(kept.expires.timeIntervalSince1970))]
    }
}
