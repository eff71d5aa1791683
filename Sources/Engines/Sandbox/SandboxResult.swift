import Foundation

/// How a run in a sandbox went.
public struct SandboxResult: Sendable, Equatable {
    /// What ended it.
    public enum Ending: String, Sendable, CaseIterable {
        case exited
        case timeLimit = "time_limit"
        case cpuLimit = "cpu_limit"
        case memoryLimit = "memory_limit"
        case processLimit = "process_limit"
        case diskLimit = "disk_limit"
        case outputLimit = "output_limit"
    }

    public var ending: Ending
    /// The program's exit code; 128 and more: a signal ended it.
    public var code: Int32
    /// The beginning of what it wrote, `SandboxLimits.output` bytes at most.
    public var output: Data
    public var errors: Data
    /// Whether it wrote more than was kept.
    public var isCut = false
    public var usage: SandboxUsage

    /// Whether it ended by itself and well.
    public var succeeded: Bool { ending == .exited && code == 0 }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// What a run took, measured.
public struct SandboxUsage: Sendable, Equatable {
    public var wallTime: Duration = .zero
    /// Of all its processes.
    public var cpuTime: Duration = .zero
    /// Bytes, the most that its processes held together.
    public var peakMemory = 0
    /// Bytes that its processes read from and wrote to files.
    public var readBytes = 0
    public var writtenBytes = 0
    /// The most processes at a time.
    public var processes = 0
}
