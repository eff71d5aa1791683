import Foundation

enum ProcessorCount {
    /// Cores that decoders may use; more threads than this many only cost memory.
    static let cores = max(1, min(16, ProcessInfo.processInfo.activeProcessorCount))
    /// Threads that convert decoded pictures of one read.
    static let converters = min(4, cores)
}
