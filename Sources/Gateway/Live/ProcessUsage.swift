import Foundation
import Foundations

/// What the server and its engines use of the machine, by Linux's /proc; zero elsewhere.
struct ProcessUsage: Sendable {
    /// Bytes of memory that are really there.
    var memory = 0
    /// Since each process began.
    var processorSeconds = 0.0

    /// Of this process and its children. Blocks: call it on a worker thread.
    static func current() -> ProcessUsage {
        var usage = ProcessUsage()
        let own = ProcessInfo.processInfo.processIdentifier
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let id = Int32(name), let facts = ProcessFacts(of: id), id == own || facts.parent == own else { continue }
            usage.processorSeconds += facts.processorTicks / ticks
            usage.memory += facts.pages * page
        }
        return usage
    }
}
