import Foundation
import Foundations
import Networking

/// The files of messages: fetched from where Discord keeps them, brought to where Discord wants them. The bot's token goes to
/// neither.
struct DiscordFiles: Sendable {
    private let network: NetworkClient
    /// Where the API is: tests serve files there too.
    private let api: FetchURL?
    private let threads = WorkerThreads(name: "discord files", width: 2)

    private static let hosts = ["cdn.discordapp.com", "media.discordapp.net"]
    private static let timeout: Duration = .seconds(120)

    init(configuration: DiscordConfiguration, network: NetworkClient) {
        self.network = network
        api = try? FetchURL(configuration.apiURL)
    }

    /// - Throws: `ChatPortError`; `CancellationError`. No file remains.
    func fetch(_ attachment: BotMessage.Attachment, into file: URL, maxBytes: Int) async throws {
        guard (attachment.bytes ?? 0) <= maxBytes else { throw ChatPortError.fileTooLarge(limit: maxBytes) }
        guard let url = try? FetchURL(attachment.reference), isDiscord(url) else { throw ChatPortError.refused(code: 403) }
        let partial = file.appendingPathExtension("part")
        do {
            try await withDeadline(.after(Self.timeout), waitingFor: "the file") {
                let response = try await self.network.send(NetworkRequest("GET", url.description), deadline: .after(Self.timeout))
                try Self.check(response.status)
                guard (response.contentLength ?? 0) <= Int64(maxBytes) else { throw ChatPortError.fileTooLarge(limit: maxBytes) }
                try await self.store(response, in: partial, as: file, maxBytes: maxBytes)
            }
        } catch {
            // Unlinking doesn't wait for the disk.
            unlink(partial.path)
            throw Self.translated(error)
        }
    }

    private func isDiscord(_ url: FetchURL) -> Bool {
        if url.isEncrypted, url.port == 443, Self.hosts.contains(url.host) { return true }
        return api.map { $0.isEncrypted == url.isEncrypted && $0.host == url.host && $0.port == url.port } ?? false
    }

    private func store(_ response: NetworkResponse, in partial: URL, as file: URL, maxBytes: Int) async throws {
        let output = try await threads.run { try OutputFile(partial, truncating: true) }
        var received = 0
        for try await chunk in response.body {
            received += chunk.count
            guard received <= maxBytes else { throw ChatPortError.fileTooLarge(limit: maxBytes) }
            try await threads.run { try output.append(chunk) }
        }
        try await threads.run { try output.finish(as: file) }
    }

    /// - Throws: `ChatPortError`; `CancellationError`.
    func upload(_ data: Data, type: String, to url: String) async throws {
        guard let url = try? FetchURL(url), url.isEncrypted || api?.isEncrypted == false else { throw ChatPortError.unexpectedAnswer }
        let request = NetworkRequest("PUT", url.description, headers: [("Content-Type", type)], body: data)
        do {
            let response = try await network.send(request, deadline: .after(Self.timeout))
            try Self.check(response.status)
        } catch {
            throw Self.translated(error)
        }
    }

    private static func check(_ status: Int) throws {
        switch status {
        case 200..<300: break
        case 429, 500...: throw ChatPortError.unavailable
        default: throw ChatPortError.refused(code: status)
        }
    }

    /// A full disk and the like stay what they are.
    private static func translated(_ error: any Error) -> any Error {
        switch error {
        case NetworkError.insufficientStorage, NetworkError.storageFailed: error
        case is NetworkError, is DeadlineExceeded: ChatPortError.unavailable
        default: error
        }
    }
}
