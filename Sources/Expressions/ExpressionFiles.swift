import Foundation
import Foundations
import Media

/// Measures videos into files, for the command line.
public struct ExpressionFiles: Sendable {
    private let engines: FaceEngines
    private let limits: MediaLimits

    public init(engines: FaceEngines, limits: MediaLimits) {
        self.engines = engines
        self.limits = limits
    }

    /// Where things go.
    public struct Targets: Sendable {
        public var features: URL?
        public var format: FeatureFormat
        /// A video with the motions drawn in.
        public var overlay: URL?
        /// The landmarks of each usable frame, as CSV.
        public var landmarks: URL?

        public init(features: URL?, format: FeatureFormat, overlay: URL? = nil, landmarks: URL? = nil) {
            self.features = features
            self.format = format
            self.overlay = overlay
            self.landmarks = landmarks
        }
    }

    /// Measures videos that follow each other as one. Nothing is written where it fails.
    /// - Throws: as `ExpressionExtraction.run`; `ExpressionError.storageFull`, `.storageFailed`.
    public func extract(
        _ sources: [MediaSource], _ options: ExpressionOptions, to targets: Targets, progress: @escaping ProgressHandler
    ) async throws -> ExpressionReport {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-expressions-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let threads = WorkerThreads(name: "files", width: 1)
        let writer = try await threads.run {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                return try RowWriter(RowFile(url: folder.appending(path: "rows.bin"), withFlow: options.withFlow))
            } catch {
                throw ExpressionError(writing: error)
            }
        }
        let places = LandmarkLines()
        let note: @Sendable (FacePlace) async -> Void = { await places.add($0) }
        let report = try await ExpressionExtraction(engine: try await engines.engine(), limits: limits).run(
            sources, options, progress: progress, places: targets.landmarks == nil ? nil : note
        ) { rows in
            try await writer.add(rows)
        }
        if let overlay = targets.overlay {
            let made = folder.appending(path: "overlay.mp4")
            try await OverlayVideo(limits: limits).write(sources, writer.file, to: made, progress: progress)
            try await Self.move(made, to: overlay, threads)
        }
        if let features = targets.features {
            let made = folder.appending(path: "features")
            try await threads.run {
                do {
                    try FeatureFile(rows: writer.file, report: report.json).write(targets.format, to: made)
                } catch {
                    throw ExpressionError(writing: error)
                }
            }
            try await Self.move(made, to: features, threads)
        }
        if let landmarks = targets.landmarks {
            let text = await places.text
            try await threads.run {
                do {
                    try Data(text.utf8).write(to: landmarks)
                } catch {
                    throw ExpressionError(writing: error)
                }
            }
        }
        return report
    }

    /// Judges videos that follow each other as one with a model folder.
    /// - Returns: the original's keys, and what the prediction rests on.
    /// - Throws: as `ExpressionExtraction.run`; `ExpressionError.modelUnusable`.
    public func predict(
        _ sources: [MediaSource], model folder: URL, _ options: ExpressionOptions, progress: @escaping ProgressHandler
    ) async throws -> JSONValue {
        let name = folder.lastPathComponent
        let handler = TabRHandler(
            HandlerConfiguration(name: name, kind: .tabr, directory: folder.path), settings: ExpressionsConfiguration(), limits: limits,
            engines: engines, threads: WorkerThreads(name: "tabr", width: 2))
        let judged = try await handler.judge(
            sources, options, context: RequestContext(deadline: .after(.seconds(600))), progress: progress)
        return .object(judged.json)
    }

    private static func move(_ made: URL, to target: URL, _ threads: WorkerThreads) async throws {
        try await threads.run {
            do {
                // Beside the target first, which may be on another disk; then in its place at once.
                let near = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).part")
                try? FileManager.default.removeItem(at: near)
                try FileManager.default.copyItem(at: made, to: near)
                guard rename(near.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            } catch {
                throw ExpressionError(writing: error)
            }
        }
    }
}

/// Lines of a landmark file.
private actor LandmarkLines {
    private(set) var text =
        "video_frame,left,top,right,bottom," + (0..<68).map { "x\($0),y\($0)" }.joined(separator: ",") + "\n"

    func add(_ place: FacePlace) {
        let box = place.face
        // The rectangle as dlib gives it: right and bottom inclusive.
        let fields = [place.videoFrame, box.left, box.top, box.right - 1, box.bottom - 1] + place.landmarks.flatMap { [$0.x, $0.y] }
        text += fields.map(String.init).joined(separator: ",") + "\n"
    }
}
