import Foundation

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
            guard let id = Int32(name), let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                // The command's name stands in parentheses and may hold anything.
                let end = text.lastIndex(of: ")")
            else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 21, let parent = Int32(fields[1]), id == own || parent == own else { continue }
            usage.processorSeconds += ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / ticks
            usage.memory += (Int(fields[21]) ?? 0) * page
        }
        return usage
    }
}
