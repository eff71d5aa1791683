import Engines
import Foundation
import Foundations

/// Brings the media of a chat: decodes what is inside the request, fetches what is behind a URL.
struct ChatMedia: Sendable {
    let context: GatewayContext
    let services: GatewayServices

    /// The conversation as engines take it.
    /// - Throws: `invalidFields` for media that can't be read; what the fetcher throws.
    func messages(_ messages: [ChatBody.Message]) async throws -> [ChatMessage] {
        var result: [ChatMessage] = []
        for message in messages {
            var parts: [ChatMessage.Part] = []
            for (index, part) in message.parts.enumerated() {
                let path = "\(message.path).content[\(index)]"
                switch part {
                case .text(let text): parts.append(.text(text))
                case .image(let url): parts.append(try await image(url, path))
                case .audio(let base64, let format):
                    guard let data = Data(base64Encoded: base64), !data.isEmpty else {
                        throw Self.fault(path, "invalid_audio", "The audio isn't base64.")
                    }
                    parts.append(.audio(data, format: format))
                case .video: throw Self.fault(path, "unsupported", "A video can't stand here.")
                }
            }
            var converted = ChatMessage(message.role, parts)
            converted.extra = message.extra
            result.append(converted)
        }
        return result
    }

    /// Where a video part's bytes come from.
    static func video(_ url: String, _ path: String) throws -> VideoAnswering.Origin {
        if DataURL.isOne(url) {
            guard let data = DataURL(url) else { throw fault(path, "invalid_data_url", "The data URL isn't base64.") }
            return .data(data.data)
        }
        guard VideoRequest.isWebAddress(url) else {
            throw fault(path, "invalid_url", "A URL here starts with http://, https:// or data:.")
        }
        return .url(url)
    }

    private func image(_ url: String, _ path: String) async throws -> ChatMessage.Part {
        let data: Data
        if DataURL.isOne(url) {
            guard let inline = DataURL(url) else { throw Self.fault(path, "invalid_data_url", "The data URL isn't base64.") }
            data = inline.data
        } else {
            guard VideoRequest.isWebAddress(url) else {
                throw Self.fault(path, "invalid_url", "A URL here starts with http://, https:// or data:.")
            }
            data = try await fetched(url, path)
        }
        guard let type = ImageType.sniff(data) else {
            throw Self.fault(path, "invalid_image", "This isn't a JPEG, PNG, GIF, WebP or BMP picture.")
        }
        return .image(data, type: type)
    }

    private func fetched(_ url: String, _ path: String) async throws -> Data {
        let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
        defer { withExtendedLifetime(folder) {} }
        let file = try await services.dependencies.fetcher.fetch(
            url, into: folder.url, deadline: context.deadline.capped(at: services.configuration.fetch.timeout), progress: nil)
        let limit = services.configuration.server.maxBodyBytes
        return try await services.threads.run {
            let size = (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
            if size > limit { throw Self.fault(path, "image_too_large", "A picture may have \(limit) bytes at most.") }
            guard let data = try? Data(contentsOf: file) else { throw GatewayError.storageFailed }
            return data
        }
    }

    static func fault(_ path: String, _ code: String, _ message: String) -> GatewayError {
        .invalidFields([FieldFault(param: path, code: code, message: message)], kind: .invalidRequest)
    }
}
