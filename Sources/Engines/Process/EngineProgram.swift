import Foundation

/// What an engine's child process is: the program, how it is called and how it tells that it is ready.
public struct EngineProgram: Sendable {
    /// What its log lines say about why it ended.
    public struct Diagnosis: Sendable, Equatable {
        /// A sentence for people, free of paths and addresses.
        public var reason: String
        /// Whether starting it again can't help.
        public var isPermanent: Bool

        public init(reason: String, isPermanent: Bool) {
            self.reason = reason
            self.isPermanent = isPermanent
        }
    }

    /// For logs and messages: `llama`.
    public var name: String
    public var executable: URL
    /// Made for every start from its loopback port and key.
    public var arguments: @Sendable (EngineAddress) -> [String]
    /// Added to the few variables that every child gets. Keys belong here: everybody can read arguments.
    public var environment: @Sendable (EngineAddress) -> [String: String] = { _ in [:] }
    public var directory: URL?
    /// Answers 200 when the engine is ready.
    public var readinessPath = "/health"
    /// Whether a ready child must be the only one that listens on its port: for programs that share a port with whoever else does
    /// (`SO_REUSEPORT`), so that requests could reach a stranger.
    public var mustOwnPort = false
    public var policy = RestartPolicy()
    /// Gets what the child writes, as it comes, on a thread of the child's own.
    public var onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
    /// Lines of output that are kept.
    public var logLines = 400
    /// Explains an end from the last log lines; `nil`: nothing known.
    public var diagnose: @Sendable ([String], ExitStatus) -> Diagnosis? = { _, _ in nil }

    public init(name: String, executable: URL, arguments: @escaping @Sendable (EngineAddress) -> [String]) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
    }

    /// The variables a child gets of ours. No secrets, no configuration: paths, language, time zone, and what
    /// selects GPUs and threads.
    static func inheritedEnvironment(_ ours: [String: String] = ProcessInfo.processInfo.environment) -> [String: String] {
        let names: Set = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH"]
        let prefixes = ["LC_", "CUDA_", "NVIDIA_", "GGML_", "OMP_", "HIP_", "ROCR_"]
        return ours.filter { name, _ in names.contains(name) || prefixes.contains { name.hasPrefix($0) } }
    }
}
