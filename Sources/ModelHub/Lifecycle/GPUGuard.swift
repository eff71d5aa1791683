import Foundations

/// Keeps large models off the processor: from `threshold` parameters on, a model is loaded on graphics processors as a
/// whole, or not at all. The count is the declared or the measured one, whichever is larger, every expert of a mixture
/// included; a model's name says nothing.
public struct GPUGuard: Sendable, Equatable {
    /// Parameters from which on the guard watches.
    public static let threshold: Int64 = 30_000_000_000

    public enum Placement: Sendable, Equatable {
        /// Every layer on graphics processors.
        case graphics
        /// As much as fits on graphics processors, the rest on the processor: the operator wrote that down.
        case shared
    }

    /// What a watched model lacks.
    public enum Lack: String, Sendable, Equatable {
        case graphicsProcessor = "gpu"
        case graphicsMemory = "gpu_memory"
        /// The engine was built without support for the machine's graphics processors.
        case engineSupport = "engine_gpu_support"
    }

    /// Free bytes of each graphics processor.
    public var freeMemory: [Int]
    /// Whether the engine can use them.
    public var engineHasSupport: Bool
    /// Whether the operator allows a part on the processor (`models.allow_cpu_offload`).
    public var allowsOffload: Bool

    public init(freeMemory: [Int], engineHasSupport: Bool, allowsOffload: Bool) {
        self.freeMemory = freeMemory
        self.engineHasSupport = engineHasSupport
        self.allowsOffload = allowsOffload
    }

    /// The parameters that count, `nil` when they are neither declared nor measured.
    public static func parameters(declared: Int64?, measured: Int64?) -> Int64? {
        [declared, measured].compactMap { $0 }.max()
    }

    public static func watches(_ parameters: Int64?) -> Bool { parameters.map { $0 >= threshold } ?? false }

    /// Where a watched model may go.
    /// - Parameters:
    ///   - engine: its name, for the message.
    ///   - needed: bytes of weights and context.
    /// - Throws: `ModelFailure.gpuRequired`.
    public func place(_ id: String, engine: String = "llama", parameters: Int64, needed: Int) throws -> Placement {
        func refusal(_ lack: Lack) -> ModelFailure {
            .gpuRequired(id, engine: engine, parameters: parameters, lack: lack, needed: needed, free: free)
        }
        guard !freeMemory.isEmpty else { throw refusal(.graphicsProcessor) }
        guard engineHasSupport else { throw refusal(.engineSupport) }
        if free >= needed { return .graphics }
        guard allowsOffload else { throw refusal(.graphicsMemory) }
        return .shared
    }

    private var free: Int {
        freeMemory.reduce(0) { sum, bytes in
            let (value, overflow) = sum.addingReportingOverflow(bytes)
            return overflow ? .max : value
        }
    }
}
