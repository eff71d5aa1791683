import Foundation
import Foundations

/// What a run is made with. A run goes on only with the same.
public struct RunSettings: Sendable, Equatable, Codable {
    public var dataset: EvaluationDataset
    public var datasetSHA256: String
    public var model: String
    public var samples: Int
    /// Seconds for a check.
    public var checkTimeout: Double
    /// `nil` when no model is asked.
    public var solver: SolverSettings?

    enum CodingKeys: String, CodingKey {
        case dataset, model, samples, solver
        case datasetSHA256 = "dataset_sha256"
        case checkTimeout = "check_timeout"
    }

    /// The first setting that differs, in words.
    func difference(from other: RunSettings) -> String? {
        if dataset != other.dataset || datasetSHA256 != other.datasetSHA256 { return "data set" }
        if model != other.model { return "model" }
        if samples != other.samples { return "number of samples" }
        if checkTimeout != other.checkTimeout { return "time limit of checks" }
        return solver == other.solver ? nil : "temperature, top-p, seed, token limit or time limit of answers"
    }
}

/// The samples of a run as they come, each on disk before it counts: `samples.jsonl`, the settings first, then a sample a line. A line
/// that a crash cut off is dropped.
actor SampleLog {
    private let descriptor: Int32
    private static let threads = WorkerThreads(name: "samples", width: 1)
    static let fileName = "samples.jsonl"
    private static let maxBytes = 1 << 30

    private struct Header: Codable { var settings: RunSettings }

    /// - Returns: the log, and the samples it holds already.
    /// - Throws: `EvaluationError`.
    static func open(in folder: URL, settings: RunSettings, resuming: Bool) async throws -> (log: SampleLog, done: [TaskResult]) {
        try await threads.run {
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let path = folder.appending(path: fileName).path
            if resuming, !FileManager.default.fileExists(atPath: path) { throw EvaluationError.nothingToResume }
            let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw EvaluationError.storageFailed }
            do {
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw EvaluationError.inUse }
                let done = try begin(descriptor, path: path, settings: settings, resuming: resuming)
                return (SampleLog(descriptor: descriptor), done)
            } catch {
                close(descriptor)
                throw error
            }
        }
    }

    private static func begin(_ descriptor: Int32, path: String, settings: RunSettings, resuming: Bool) throws -> [TaskResult] {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: maxBytes) ?? Data() else {
            throw EvaluationError.storageFailed
        }
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { data[...$0] } ?? Data()
        guard ftruncate(descriptor, off_t(whole.count)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else { throw EvaluationError.storageFailed }
        var lines = zip(1..., whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)).filter { !$0.1.isEmpty }[...]
        guard let first = lines.popFirst() else {
            try append(Header(settings: settings), to: descriptor)
            return []
        }
        guard resuming else { throw EvaluationError.alreadyRun }
        guard let header = try? JSONDecoder().decode(Header.self, from: first.1) else { throw EvaluationError.damagedLog(line: 1) }
        if let setting = settings.difference(from: header.settings) { throw EvaluationError.otherRun(setting: setting) }
        return try lines.map { number, line in
            guard let result = try? JSONDecoder().decode(TaskResult.self, from: line) else { throw EvaluationError.damagedLog(line: number) }
            return result
        }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Returns when the sample is on disk.
    func append(_ result: TaskResult) async throws {
        let descriptor = descriptor
        try await Self.threads.run { try Self.append(result, to: descriptor) }
    }

    private static func append(_ value: some Encodable, to descriptor: Int32) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw EvaluationError.storageFailed }
        try (data + Data("\n".utf8)).withUnsafeBytes { bytes in
            try StorageFault.write(bytes, to: descriptor) { _ in EvaluationError.storageFailed }
        }
        guard fsync(descriptor) == 0 else { throw EvaluationError.storageFailed }
    }
}
