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

    /// When a process began; `nil` for one that is gone.
    private static func start(of process: Int32) -> String? {
        ProcessFacts(of: process).flatMap { $0.isZombie ? nil : $0.start }
    }
}
