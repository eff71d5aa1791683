/// What a program in a sandbox may take. Whoever takes more is ended, or refused what it asks for.
public struct SandboxLimits: Sendable, Equatable {
    /// From start to end; then everything that was started is ended.
    public var wallClock: Duration = .seconds(30)
    /// Of processor time, of each process.
    public var cpu: Duration = .seconds(30)
    /// Bytes of memory that each process may map.
    public var memory = 1 << 30
    /// Bytes of one file that it writes.
    public var fileSize = 64 << 20
    /// Bytes of its private `/tmp`.
    public var scratch = 256 << 20
    /// Descriptors that one process holds open.
    public var openFiles = 256
    /// Bytes that are kept of its output, and as many of its errors; the rest is read and dropped.
    public var output = 1 << 20

    public init() {}
}
