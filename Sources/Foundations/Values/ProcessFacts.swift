import Foundation

/// What Linux tells of a process in /proc/PID/stat (proc(5)).
public struct ProcessFacts: Sendable {
    public let parent: Int32
    /// The processor's time so far, of the process itself, in the kernel's ticks.
    public let processorTicks: Double
    /// When it began, in ticks since the machine did. Numbers of processes are used again, moments aren't.
    public let start: String
    /// Pages of memory that are really there.
    public let pages: Int
    /// Over, but not yet taken leave of by its parent.
    public let isZombie: Bool

    /// Blocks. `nil` for a process that is gone, and on other systems.
    public init?(of process: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The command's name stands in parentheses and may hold anything.
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let parent = Int32(fields[1]) else { return nil }
        self.parent = parent
        processorTicks = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        start = String(fields[19])
        pages = Int(fields[21]) ?? 0
        isZombie = fields[0] == "Z" || fields[0] == "X"
    }
}
