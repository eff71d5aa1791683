import Foundation
import Foundations

/// The machine as programs see it.
public struct Machine: Sendable, Equatable {
    public var cores: Int
    /// Bytes.
    public var memory: Int
    public var availableMemory: Int
    public var processor: String
    public var system: String
    public var gpus: [GPU]

    public struct GPU: Sendable, Equatable {
        public var name: String
        /// Bytes.
        public var memory: Int
        public var freeMemory: Int
    }

    /// Reads `/proc`, `/etc/os-release` and, where there is one, `nvidia-smi`.
    public static func current(threads: WorkerThreads) async throws -> Machine {
        let gpus = try await graphicsProcessors(threads)
        return try await threads.run {
            let memory = fields(of: "/proc/meminfo")
            let processor = fields(of: "/proc/cpuinfo")["model name"] ?? "unknown processor"
            let system = read("/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
            return Machine(
                cores: ProcessInfo.processInfo.activeProcessorCount,
                memory: kibibytes(memory["MemTotal"]), availableMemory: kibibytes(memory["MemAvailable"]),
                processor: processor,
                system: system.map { $0.dropFirst(12).trimmingCharacters(in: CharacterSet(charactersIn: "\"")) } ?? "Linux",
                gpus: gpus)
        }
    }

    /// Bytes that models may take where nobody says: four fifths of the memory that this process may have.
    static func defaultModelMemory() -> Int {
        var memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        // A container's own limit; "max" where there is none.
        if let limit = Int(read("/sys/fs/cgroup/memory.max").trimmingCharacters(in: .whitespacesAndNewlines)), limit > 0 {
            memory = min(memory, limit)
        }
        return memory / 5 * 4
    }

    private static func graphicsProcessors(_ threads: WorkerThreads) async throws -> [GPU] {
        let command = ["nvidia-smi", "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
        let output = try await CommandOutput.of(command, timeout: .seconds(5), threads: threads) ?? ""
        return output.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 3, let total = Int(parts[1]), let free = Int(parts[2]) else { return nil }
            return GPU(name: parts[0], memory: total << 20, freeMemory: free << 20)
        }
    }

    private static func read(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func fields(of path: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in read(path).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].trimmingCharacters(in: .whitespaces)
            fields[name] = fields[name] ?? line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return fields
    }

    private static func kibibytes(_ text: String?) -> Int {
        (text?.split(separator: " ").first).flatMap { Int($0) }.map { $0 << 10 } ?? 0
    }
}
