import Foundation
import Foundations
import Networking

/// The video that a command works on: a file as it is, a URL fetched to a temporary file, or the sample clip.
struct InputVideo: Sendable {
    let file: URL
    private let isTemporary: Bool

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
            return InputVideo(file: fetched.file, isTemporary: true)
        }
        if FileManager.default.fileExists(atPath: name) {
            return InputVideo(file: URL(fileURLWithPath: name), isTemporary: false)
        }
        let sample = assembly.home.samples.appending(path: "clips/sample.mp4")
        if name == "sample" {
            guard FileManager.default.fileExists(atPath: sample.path) else {
                throw ErrorReport(
                    .unavailable, code: "sample_not_installed",
                    "The sample clip isn't there yet. Run ./martlet ask once from the checkout: set-up composes it.")
            }
            return InputVideo(file: sample, isTemporary: false)
        }
        throw ErrorReport(.notFound, code: "video_not_found", "There is no file \"\(name)\".")
    }

    func discard() {
        if isTemporary { try? FileManager.default.removeItem(at: file) }
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
