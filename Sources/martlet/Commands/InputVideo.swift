import Foundation
import Foundations
import Media
import Networking

/// The video that a command works on: a file as it is, a URL fetched to a temporary file, standard input, or the sample clip.
struct InputVideo: Sendable {
    let source: MediaSource
    /// To be deleted at the end.
    private var temporary: URL?

    private init(_ source: MediaSource) { self.source = source }

    private init(_ file: URL) { self.init(.file(file)) }

    static func open(
        _ name: String, assembly: Assembly, progress: @escaping @Sendable (ProgressUpdate) async -> Void
    ) async throws -> InputVideo {
        let lowered = name.lowercased()
        if lowered.hasPrefix("http://") || lowered.hasPrefix("https://") {
            // The person at the keyboard may name addresses of the own network; requests to the server may not.
            var fetch = assembly.configuration.fetch
            fetch.allowPrivateAddresses = true
            let fetched = try await withProgress(progress) { [fetch] handler in
                try await GuardedFetcher().fetch(
                    name, into: FileManager.default.temporaryDirectory, configuration: fetch,
                    deadline: .after(fetch.timeout), progress: handler)
            }
            var video = InputVideo(fetched.file)
            video.temporary = fetched.file
            return video
        }
        if name == "-" {
            return InputVideo(
                try await .stream(StandardInput(), limit: ("fetch.max_bytes", assembly.configuration.fetch.maxBytes)))
        }
        if FileManager.default.fileExists(atPath: name) { return InputVideo(URL(fileURLWithPath: name)) }
        let sample = assembly.home.samples.appending(path: "clips/sample.mp4")
        if name == "sample" {
            guard FileManager.default.fileExists(atPath: sample.path) else {
                throw ErrorReport(
                    .unavailable, code: "sample_not_installed",
                    "The sample clip isn't there yet. Run ./martlet ask once from the checkout: set-up composes it.")
            }
            return InputVideo(sample)
        }
        throw ErrorReport(.notFound, code: "video_not_found", "There is no file \"\(name)\".")
    }

    func discard() {
        if let temporary { try? FileManager.default.removeItem(at: temporary) }
    }
}

/// Gives `body` a plain progress handler and delivers its updates, in order, to an asynchronous one.
func withProgress<T: Sendable>(
    _ deliver: @escaping @Sendable (ProgressUpdate) async -> Void,
    _ body: @escaping @Sendable (@escaping ProgressHandler) async throws -> T
) async throws -> T {
    let (updates, continuation) = AsyncStream.makeStream(of: ProgressUpdate.self, bufferingPolicy: .bufferingNewest(16))
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for await update in updates { await deliver(update) } }
        defer { continuation.finish() }
        return try await body { continuation.yield($0) }
    }
}
