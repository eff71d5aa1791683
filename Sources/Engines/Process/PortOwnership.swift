import Foundation

/// Who listens on a loopback port, by the kernel's own tables.
package enum PortOwnership: Sendable, Equatable {
    /// The process, and nobody else.
    case own
    /// The process and others: the kernel deals connections out among them.
    case shared
    /// Not the process.
    case none

    /// Blocks for a moment: it reads `/proc`. Where that can't be read, the port is taken to be the process's own.
    package static func of(port: Int, by pid: Int32) -> PortOwnership {
        guard let table = try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")
        else { return .own }
        let listening = listeners(in: table, port: port)
        let held = Set(descriptors.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)") })
        let own = listening.filter { held.contains("socket:[\($0)]") }
        return own.isEmpty ? .none : own.count == listening.count ? .own : .shared
    }

    /// The inodes of the sockets that listen on 127.0.0.1 at a port (proc(5), `/proc/net/tcp`).
    static func listeners(in table: String, port: Int) -> Set<Substring> {
        let digits = String(port, radix: 16, uppercase: true)
        // The address is in the machine's own byte order.
        let address = "0100007F:" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return Set(
            table.split(separator: "\n").compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[1] == address, fields[3] == "0A" else { return nil }
                return fields[9]
            })
    }
}
