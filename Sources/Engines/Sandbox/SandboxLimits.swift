/// What a program in a sandbox may take. Whoever takes more is ended, with all that it started.
public struct SandboxLimits: Sendable, Equatable {
    /// From start to end.
    public var wallClock: Duration = .seconds(30)
    /// Of processor time, all its processes together.
    public var cpu: Duration = .seconds(30)
    /// Bytes of memory, all its processes together.
    public var memory = 1 << 30
    /// Processes and threads at a time.
    public var processes = 64
    /// Bytes of one file that it writes.
    public var fileSize = 64 << 20
    /// Bytes of its private `/tmp`.
    public var scratch = 256 << 20
    /// Bytes that it may add to what it may write to outside of `/tmp`.
    public var growth = 512 << 20
    /// Descriptors that one process holds open.
    public var openFiles = 256
    /// Bytes that are kept of its output, and as many of its errors.
    public var output = 1 << 20

    public init() {}
}
