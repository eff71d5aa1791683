import Foundation
import Foundations

/// The face engines in use, one for each landmark file. Each is loaded when it is first asked for, and kept.
public actor FaceEngines {
    private let landmarks: URL
    private let cache: URL
    private let threads: WorkerThreads
    private var engines: [String: SharedLoad<FaceEngine>] = [:]

    private static let fileName = "shape_predictor_68_face_landmarks.dat"

    public init(_ configuration: ExpressionsConfiguration, home: MartletHome = MartletHome()) {
        cache = home.engines.appending(path: "faces/frontal-face-detector.dat")
        landmarks = URL(fileURLWithPath: configuration.landmarks)
        threads = WorkerThreads(name: "faces", width: 1)
    }

    /// The engine with the landmark model of a model's folder, where it has one, else the configured one.
    /// - Throws: `ExpressionError.landmarksMissing`, `.landmarksUnusable`.
    public func engine(in folder: URL? = nil) async throws -> FaceEngine {
        let own = folder?.appending(path: Self.fileName)
        let landmarks = landmarks
        let file = try await threads.run {
            guard let own, FileManager.default.isReadableFile(atPath: own.path) else { return landmarks.resolvingSymlinksInPath() }
            return own.resolvingSymlinksInPath()
        }
        let engine =
            engines[file.path]
            ?? SharedLoad { [threads, cache] in
                try await threads.run {
                    try? FileManager.default.createDirectory(at: cache.deletingLastPathComponent(), withIntermediateDirectories: true)
                    return try FaceEngine(landmarks: file, cache: cache)
                }
            }
        engines[file.path] = engine
        return try await engine.value()
    }

    /// Whether the configured landmark model is there.
    public func isAvailable() async -> Bool {
        let landmarks = landmarks
        return (try? await threads.run { FileManager.default.isReadableFile(atPath: landmarks.path) }) ?? false
    }
}
