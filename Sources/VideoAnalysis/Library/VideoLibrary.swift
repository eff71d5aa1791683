import Foundation
import Foundations
import Jobs
import Media

/// The library of videos: what there is, what was found in it, and the analyses that find it.
///
/// Videos are named by paths. What Martlet doesn't own stays where it is; nothing is written beside it unless the settings say so.
public struct VideoLibrary: Sendable {
    public let roots: LibraryRoots
    public let queue: JobQueue
    private let store: LibraryStore
    private let intake: VideoIntake
    private let answerers: TagAnswerers
    private let evidence: @Sendable (MediaFile, @escaping ProgressHandler) async throws -> EvidenceSummary
    private let opened: OpenVideos
    private let configuration: Configuration
    private let data: URL
    private let threads: WorkerThreads

    private static let thumbnailHeights = 32...1080
    /// Files of Martlet's own that no video names are deleted when they are this old.
    private static let orphanAge: TimeInterval = 3600

    /// Prepares the library's tables.
    /// - Parameter evidence: gathers what is said, written and seen in a whole video.
    /// - Throws: `DatabaseError`.
    public init(
        queue: JobQueue, answerers: TagAnswerers, configuration: Configuration,
        evidence: @escaping @Sendable (MediaFile, @escaping ProgressHandler) async throws -> EvidenceSummary
    ) async throws {
        self.queue = queue
        self.answerers = answerers
        self.configuration = configuration
        self.evidence = evidence
        data = URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true).appending(path: "library")
        roots = LibraryRoots(folders: configuration.library.roots, uploads: data.appending(path: "videos"))
        threads = WorkerThreads(name: "library", width: 4)
        intake = VideoIntake(limits: configuration.media, threads: threads)
        opened = OpenVideos(limits: configuration.media)
        store = try await LibraryStore(queue.store.database)
    }

    /// What does the library's jobs.
    /// - Parameter fetch: brings a URL's file into a folder.
    public func handlers(
        fetch: @escaping @Sendable (String, URL, Deadline, @escaping ProgressHandler) async throws -> URL
    ) -> [any JobHandler] {
        [
            TagAnalysis(
                store: store, roots: roots, answerers: answerers, evidence: evidence, limits: configuration.media,
                failureBudget: configuration.library.failureBudget, sideCars: data.appending(path: "side-cars"), threads: threads),
            VideoFetch(library: self, fetch: fetch),
        ]
    }

    // MARK: Videos

    /// - Parameter sort: `position`, `title`, `created` or `duration`.
    /// - Returns: a page of videos, and how many there are in all.
    public func videos(
        search: String? = nil, status: String? = nil, sort: String = "position", skip: Int = 0, limit: Int = 100
    ) async throws -> (videos: [LibraryVideo], total: Int) {
        guard let order = LibraryStore.Order(rawValue: sort) else {
            throw LibraryError.outOfRange(field: "sort", allowed: LibraryStore.Order.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return try await store.videos(search: search, status: status, order: order, skip: skip, limit: limit)
    }

    /// - Throws: `LibraryError.videoNotFound`.
    public func video(_ path: String) async throws -> LibraryVideo { try await store.video(LibraryRoots.normalised(path)) }

    /// Adds a video that lies in one of the roots, with the tags of an `.AI.json` file beside it.
    /// - Throws: `LibraryError.noSuchFile`, `noRoots`, `exists`, `duplicate`, `badSidecar`; `MediaError`.
    public func add(path: String, title: String?) async throws -> LibraryVideo {
        let path = LibraryRoots.normalised(path)
        guard !LibraryRoots.isOwned(path) else { throw LibraryError.noSuchFile }
        let url = try await file(path)
        if (try? await store.video(path)) != nil { throw LibraryError.exists(path: path) }
        let stamps = try await threads.run { try SideCar.read(besides: url) }
        return try await insert(try await intake.examine(url, path: path, title: title), stamps)
    }

    /// Adds a copy of a file, which becomes Martlet's own.
    /// - Throws: `LibraryError.duplicate`, `storageFull`; `MediaError`.
    public func add(file: URL, name: String, title: String?) async throws -> LibraryVideo {
        let path = try await adopt(file, name: name, copying: true)
        do {
            return try await insert(try await examine(path, title: title ?? (name as NSString).deletingPathExtension), [])
        } catch {
            await discard(path)
            throw error
        }
    }

    /// Fetches a video from a URL as a job; it is in the library when the job is done.
    public func add(url: String, title: String?, owner: String) async throws -> Job {
        var payload: [String: JSONValue] = ["url": .string(url)]
        if let title { payload["title"] = .string(title) }
        return try await queue.submit(JobRequest(kind: VideoFetch.kind, payload: .object(payload), owner: owner, priority: 1))
    }

    private func insert(_ finding: VideoIntake.Finding, _ stamps: [Timestamp]) async throws -> LibraryVideo {
        let video = try await store.insert(finding.video, stamps)
        await keepPoster(finding.poster, of: video)
        return video
    }

    public func rename(_ path: String, to title: String) async throws -> LibraryVideo {
        let title = title.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !title.isEmpty, title.count <= LibraryVideo.maxTitle else {
            throw LibraryError.outOfRange(field: "title", allowed: "1 to \(LibraryVideo.maxTitle) characters")
        }
        return try await store.rename(LibraryRoots.normalised(path), title)
    }

    public func moveToFront(_ path: String) async throws -> LibraryVideo { try await store.moveToFront(LibraryRoots.normalised(path)) }

    /// Forgets a video and all that is known of it, and stops its analysis. A file of Martlet's own is deleted.
    public func remove(_ path: String) async throws {
        let path = LibraryRoots.normalised(path)
        for job in try await jobs(of: path) where !job.state.isOver { _ = try? await queue.cancel(job.id) }
        let video = try await store.video(path)
        try await store.remove(path)
        let sideCar = data.appending(path: "side-cars/\(video.id)\(SideCar.suffix)")
        let poster = poster(of: video)
        try? await threads.run { [roots] in
            try? FileManager.default.removeItem(at: sideCar)
            try? FileManager.default.removeItem(at: poster)
            roots.removeOwned(path)
        }
    }

    /// The video's file.
    /// - Throws: `LibraryError.videoNotFound`, `noSuchFile`.
    public func content(of path: String) async throws -> URL {
        try await file(try await video(path).path)
    }

    /// The paths of those videos whose files can be read now.
    public func available(_ videos: [LibraryVideo]) async -> Set<String> {
        (try? await threads.run { [roots] in Set(videos.map(\.path).filter { (try? roots.file($0)) != nil }) }) ?? []
    }

    public func folder(_ path: String) async throws -> (listing: LibraryRoots.Listing, known: Set<String>) {
        let listing = try await threads.run { [roots] in try roots.list(path) }
        return (listing, Set(try await store.paths()))
    }

    private func file(_ path: String) async throws -> URL { try await threads.run { [roots] in try roots.file(path) } }

    // MARK: Pictures

    /// A frame as a JPEG.
    /// - Parameters:
    ///   - time: seconds; `nil`: the picture that stands for the video.
    ///   - height: pixels.
    public func thumbnail(of path: String, at time: Double?, height: Int) async throws -> Data {
        let video = try await video(path)
        guard Self.thumbnailHeights.contains(height) else {
            throw LibraryError.outOfRange(field: "height", allowed: "\(Self.thumbnailHeights.lowerBound) to \(Self.thumbnailHeights.upperBound)")
        }
        let poster = poster(of: video)
        if time == nil, let data = try? await threads.run({ try Data(contentsOf: poster) }) { return data }
        let (file, times) = try await opened.open(try await self.file(video.path))
        guard !times.isEmpty else { throw VideoQuestionError.noVideoTrack }
        let index = FrameLooks.frame(at: time ?? video.duration / 6, in: times)
        let frames = file.frames(at: [index]) { image in
            let height = min(height, image.height)
            return try PictureOperations.resized(image, width: max(1, image.width * height / max(1, image.height)), height: height)
        }
        for try await frame in frames {
            let jpeg = try await ImageCodec.jpeg(frame.image, quality: 78)
            if time == nil { await keepPoster(jpeg, of: video) }
            return jpeg
        }
        throw VideoQuestionError.pictureFailed
    }

    private func poster(of video: LibraryVideo) -> URL { data.appending(path: "posters/\(video.id).jpg") }

    private func keepPoster(_ jpeg: Data?, of video: LibraryVideo) async {
        guard let jpeg else { return }
        let target = poster(of: video)
        try? await threads.run {
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try jpeg.write(to: target, options: .atomic)
        }
    }

    // MARK: Timestamps

    public func timestamps(of path: String) async throws -> [Timestamp] { try await store.timestamps(LibraryRoots.normalised(path)) }

    public func add(_ stamp: Timestamp, to path: String) async throws -> Timestamp {
        try await store.add(try stamp.validated(), to: LibraryRoots.normalised(path))
    }

    /// What a person changes becomes theirs: no later analysis removes it.
    public func change(_ stamp: Timestamp, of path: String) async throws -> Timestamp {
        var stamp = try stamp.validated()
        stamp.source = .manual
        return try await store.change(stamp, of: LibraryRoots.normalised(path))
    }

    public func removeTimestamp(_ id: Int64, of path: String) async throws {
        try await store.removeTimestamp(id, of: LibraryRoots.normalised(path))
    }

    public func timeline(of path: String) async throws -> [TimelineEntry] { try await store.timeline(LibraryRoots.normalised(path)) }

    public func search(_ text: String, kinds: Set<String>, limit: Int) async throws -> [LibraryHit] {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...200).contains(text.count) else { throw LibraryError.outOfRange(field: "q", allowed: "1 to 200 characters") }
        return try await store.search(text, kinds: kinds, limit: limit)
    }

    /// The `.AI.json` document of a video as its tags are now.
    public func sideCar(of path: String) async throws -> JSONValue {
        let video = try await video(path)
        return SideCar.document(of: video, try await timestamps(of: path), nil)
    }

    // MARK: Analyses

    /// Begins an analysis.
    /// - Throws: `LibraryError.videoNotFound`, `analysisInProgress`, `outOfRange`.
    public func analyse(
        _ path: String, _ changes: AnalysisPlan.Changes = .init(), owner: String, priority: Int = 0, batch: String? = nil,
        idempotencyKey: String? = nil
    ) async throws -> Job {
        let video = try await video(path)
        let plan = try AnalysisPlan(try await store.settings().settings, changes)
        do {
            return try await queue.submit(
                JobRequest(
                    kind: TagAnalysis.kind, payload: plan.json, subject: video.path, isExclusive: true, owner: owner, priority: priority, batch: batch,
                    maxAttempts: configuration.jobs.maxAttempts, idempotencyKey: idempotencyKey))
        } catch JobError.inProgress(let id) {
            throw LibraryError.analysisInProgress(job: id)
        }
    }

    /// A batch of analyses: those that can begin, and why others can't.
    public struct Batch: Sendable {
        public var id: String
        public var jobs: [Job] = []
        public var refused: [(path: String, report: ErrorReport)] = []
    }

    /// - Parameter paths: `nil`: every video.
    /// - Throws: `LibraryError.nothingToAnalyse`, and what is wrong with the changes themselves.
    public func analyse(_ paths: [String]?, _ changes: AnalysisPlan.Changes, owner: String, priority: Int) async throws -> Batch {
        let all = if let paths { paths } else { try await store.paths() }
        guard !all.isEmpty else { throw LibraryError.nothingToAnalyse }
        _ = try AnalysisPlan(try await store.settings().settings, changes)
        var batch = Batch(id: RequestContext.newID())
        for path in all {
            do {
                batch.jobs.append(try await analyse(path, changes, owner: owner, priority: priority, batch: batch.id))
            } catch let error as LibraryError {
                batch.refused.append((path, error.report))
            }
        }
        return batch
    }

    /// The newest analysis of each of the videos that had one, by path.
    public func newestJobs(of videos: [LibraryVideo]) async throws -> [String: Job] {
        try await queue.store.newest(TagAnalysis.kind, of: videos.map(\.path))
    }

    /// The analyses of a video, newest first.
    public func jobs(of path: String) async throws -> [Job] {
        try await queue.store.jobs(JobQuery(kind: TagAnalysis.kind, subject: LibraryRoots.normalised(path)))
    }

    // MARK: Settings

    public func settings() async throws -> (settings: LibrarySettings, updated: Date?) { try await store.settings() }

    public func save(_ settings: LibrarySettings) async throws { try await store.save(try settings.validated()) }

    public func availableModels() async -> [String] { await answerers.available() }

    // MARK: Files of its own

    /// Where fetched files arrive; on the same disk as those that stay.
    var incoming: URL { data.appending(path: "incoming") }

    func adopt(_ file: URL, name: String, copying: Bool) async throws -> String {
        try await threads.run { [roots] in try roots.adopt(file, name: name, copying: copying) }
    }

    func examine(_ path: String, title: String?) async throws -> VideoIntake.Finding {
        try await intake.examine(try await file(path), path: path, title: title)
    }

    func insertion(of video: LibraryVideo) -> @Sendable (any SQLConnection) throws -> Void {
        { _ = try LibraryStore.insert(video, [], $0) }
    }

    /// - Throws: `LibraryError.duplicate`.
    func check(_ video: LibraryVideo) async throws { try await store.check(video) }

    func discard(_ path: String) async { try? await threads.run { [roots] in roots.removeOwned(path) } }

    /// Deletes what an interrupted upload or fetch left behind.
    public func sweep() async throws {
        let known = Set(try await store.paths())
        try await threads.run { [roots, incoming] in
            let files = FileManager.default
            let oldest = Date(timeIntervalSinceNow: -Self.orphanAge)
            func isOld(_ url: URL) -> Bool {
                let changed = try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
                return (changed ?? .distantPast) < oldest
            }
            let owned = Set(known.filter(LibraryRoots.isOwned).map { $0.split(separator: "/")[1] })
            for folder in (try? files.contentsOfDirectory(at: roots.uploads, includingPropertiesForKeys: nil)) ?? []
            where !owned.contains(Substring(folder.lastPathComponent)) && isOld(folder) { try? files.removeItem(at: folder) }
            for file in (try? files.contentsOfDirectory(at: incoming, includingPropertiesForKeys: nil)) ?? [] where isOld(file) {
                try? files.removeItem(at: file)
            }
        }
    }
}
