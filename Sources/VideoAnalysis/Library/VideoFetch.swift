import Foundation
import Foundations
import Jobs

/// Brings a video from a URL into the library, as a job.
struct VideoFetch: JobHandler {
    static let kind = "fetch"

    var kind: String { Self.kind }

    let library: VideoLibrary
    /// Fetches a URL into a folder, guarded.
    let fetch: @Sendable (String, URL, Deadline, @escaping ProgressHandler) async throws -> URL

    func run(_ run: JobRun) async throws -> JobOutcome {
        guard let url = run.job.payload["url"]?.stringValue else { throw LibraryError.noSuchFile }
        let name = URL(string: url)?.lastPathComponent ?? "video"
        let file = try await fetch(url, library.incoming, run.context.deadline) { run.report($0) }
        let path = try await library.adopt(file, name: name, copying: false)
        do {
            let finding = try await library.examine(path, title: run.job.payload["title"]?.stringValue)
            // Here its file can still be deleted; what comes in between is swept up later.
            try await library.check(finding.video)
            return JobOutcome(result: ["video_path": .string(path)], effects: library.insertion(of: finding.video))
        } catch {
            await library.discard(path)
            throw error
        }
    }
}
