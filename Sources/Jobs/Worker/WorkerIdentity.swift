import Foundation
import Foundations

/// Names a worker, so that others on the same machine can see whether its process is still there.
struct WorkerIdentity: Sendable {
    let text: String

    /// The running kernel and its view of processes: numbers of processes mean the same only within both.
    private static let place: String = {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        let names = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        return "\(boot ?? RequestContext.newID())|\(names ?? "")"
    }()

    init() {
        let process = ProcessInfo.processInfo.processIdentifier
        text = "\(Self.place)|\(process)|\(Self.start(of: process) ?? "")|\(RequestContext.newID())"
    }

    /// Whether the worker is known to be gone. One on another machine never is.
    static func isDead(_ text: String) -> Bool {
        let pieces = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 5, "\(pieces[0])|\(pieces[1])" == place, let process = Int32(pieces[2]) else { return false }
        return start(of: process) != pieces[3]
    }

    /// When a process began, in the kernel's ticks; `nil` for one that is gone. Numbers are used again, moments aren't.
    private static func start(of process: Int32) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else { return nil }
        // proc(5): behind the name, the state is the first field and the start time the twentieth.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }
}
