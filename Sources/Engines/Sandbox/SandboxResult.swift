import Foundation

/// How a run in a sandbox went.
public struct SandboxResult: Sendable, Equatable {
    /// What ended it.
    public enum Ending: String, Sendable, CaseIterable {
        case exited
        case timeLimit = "time_limit"
        case cpuLimit = "cpu_limit"
        /// A file grew larger than allowed.
        case diskLimit = "disk_limit"
    }

    public var ending: Ending
    /// The program's exit code; 128 and more: a signal ended it.
    public var code: Int32
    /// The beginning of what it wrote, `SandboxLimits.output` bytes at most.
    public var output: Data
    public var errors: Data
    /// From start to end, the making of the walls included.
    public var wallTime: Duration

    /// Whether it ended by itself and well.
    public var succeeded: Bool { ending == .exited && code == 0 }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
}
