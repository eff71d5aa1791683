import Engines
import Foundation
import Foundations
import Media

/// Brings the media of a chat: decodes what is inside the request, fetches what is behind a URL. Large texts are decoded on
/// threads of their own.
struct ChatMedia: Sendable {
    let context: GatewayContext
    let services: GatewayServices

    /// What one request may still have fetched.
    private struct Allowance {
        var files: Int
        var bytes: Int
    }

    /// The conversation as engines take it.
    /// - Parameter hears: whether the model takes sound; else what is said in it is written down.
    /// - Throws: `invalidFields` for media that can't be read; what the fetcher and the transcriber throw.
    func messages(_ messages: [ChatBody.Message], hears: Bool) async throws -> [ChatMessage] {
        var allowance = Allowance(
            files: services.configuration.fetch.maxFiles, bytes: services.configuration.server.maxBodyBytes)
        var result: [ChatMessage] = []
        for message in messages {
            // Words beside a recording are about it; alone, it is what the speaker has to say.
            let hasWords = message.parts.contains { if case .text = $0 { true } else { false } }
            var parts: [ChatMessage.Part] = []
            for (index, part) in message.parts.enumerated() {
                let path = "\(message.path).content[\(index)]"
                switch part {
                case .text(let text): parts.append(.text(text))
                case .image(let url): parts.append(try await image(url, path, &allowance))
                case .audio, .audioURL:
                    let (data, format) = try await sound(part, path, &allowance)
                    if hears {
                        guard let format else {
                            throw Self.fault(path, "invalid_audio", "This isn't WAV, MP3, FLAC, Ogg or MP4 sound.")
                        }
                        parts.append(.audio(data, format: format))
                    } else {
                        let words = try await ChatSpeech(services: services).words(in: data, path, context: context.foundation)
                        parts.append(.text(hasWords ? "[Recording, in words: \"\(words)\"]" : words))
                    }
                case .video: throw Self.fault(path, "unsupported", "A video can't stand here.")
                }
            }
            var converted = ChatMessage(message.role, parts)
            converted.extra = message.extra
            result.append(converted)
        }
        return result
    }

    /// Where a video part's bytes come from. A data URL is taken apart later, when the question's turn has come.
    static func video(_ url: String, _ path: String) throws -> VideoAnswering.Origin {
        if DataURL.isOne(url) {
            guard DataURL.isWellFormed(url) else { throw fault(path, "invalid_data_url", "The data URL isn't base64.") }
            return .dataURL(url, path: path)
        }
        guard VideoRequest.isWebAddress(url) else {
            throw fault(path, "invalid_url", "A URL here starts with http://, https:// or data:.")
        }
        return .url(url)
    }

    private func image(_ url: String, _ path: String, _ allowance: inout Allowance) async throws -> ChatMessage.Part {
        let data = try await content(of: url, path, &allowance)
        guard let type = ImageType.sniff(data) else {
            throw Self.fault(path, "invalid_image", "This isn't a JPEG, PNG, GIF, WebP or BMP picture.")
        }
        return .image(data, type: type)
    }

    /// - Returns: the recording, and its format as OpenAI names it where that is known.
    private func sound(
        _ part: ChatBody.Part, _ path: String, _ allowance: inout Allowance
    ) async throws -> (Data, format: String?) {
        switch part {
        case .audio(let base64, let format):
            let data = try await services.threads.run { Data(base64Encoded: base64) }
            guard let data, !data.isEmpty else { throw Self.fault(path, "invalid_audio", "The audio isn't base64.") }
            return (data, format)
        case .audioURL(let url):
            let data = try await content(of: url, path, &allowance)
            return (data, SoundType.sniff(data))
        default: return (Data(), nil)
        }
    }

    private func content(of url: String, _ path: String, _ allowance: inout Allowance) async throws -> Data {
        if DataURL.isOne(url) { return try await Self.decoded(url, path, services) }
        guard VideoRequest.isWebAddress(url) else {
            throw Self.fault(path, "invalid_url", "A URL here starts with http://, https:// or data:.")
        }
        guard allowance.files > 0 else {
            let limit = services.configuration.fetch.maxFiles
            throw Self.fault(path, "too_many_files", "A request may have \(limit) files fetched at most.")
        }
        let data = try await fetched(url, path, upTo: allowance.bytes)
        allowance.files -= 1
        // A bound of nothing would be none to the fetcher.
        allowance.bytes = max(1, allowance.bytes - data.count)
        return data
    }

    /// The content of a data URL.
    static func decoded(_ url: String, _ path: String, _ services: GatewayServices) async throws -> Data {
        guard let inline = try await services.threads.run({ DataURL(url) }) else {
            throw fault(path, "invalid_data_url", "The data URL isn't base64.")
        }
        return inline.data
    }

    private func fetched(_ url: String, _ path: String, upTo bytes: Int) async throws -> Data {
        let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
        defer { withExtendedLifetime(folder) {} }
        let file = try await services.dependencies.fetcher.fetch(
            url, into: folder.url, maxBytes: bytes,
            deadline: context.deadline.capped(at: services.configuration.fetch.timeout), progress: nil)
        return try await services.threads.run {
            guard let data = try? Data(contentsOf: file) else { throw GatewayError.storageFailed }
            return data
        }
    }

    static func fault(_ path: String, _ code: String, _ message: String) -> GatewayError {
        .invalidFields([FieldFault(param: path, code: code, message: message)], kind: .invalidRequest)
    }
}
