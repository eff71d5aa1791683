import Foundation
import Foundations

/// Turns a host name into addresses, once, as the system's resolver understands it (names, literals, odd spellings).
public struct HostResolver: Sendable {
    private let lookUp: @Sendable (String) async throws -> [IPAddress]

    /// Asks the system (`getaddrinfo`).
    public init() {
        let threads = WorkerThreads(name: "resolver", width: 8)
        lookUp = { host in
            let (results, continuation) = AsyncThrowingStream<[IPAddress], any Error>.makeStream()
            // The system call can't be interrupted. Its own task lets a cancelled caller leave at once, while the
            // call ends by itself; the thread count bounds how many can hang.
            Task {
                do {
                    continuation.yield(try await threads.run { try Self.systemAddresses(of: host) })
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            for try await addresses in results { return addresses }
            try Task.checkCancellation()
            throw NetworkError.hostNotFound
        }
    }

    /// A resolver with its own table, for tests and for callers that know their hosts.
    package init(_ lookUp: @escaping @Sendable (String) async throws -> [IPAddress]) { self.lookUp = lookUp }

    /// - Returns: at least one address, in the system's order of preference.
    /// - Throws: `NetworkError.hostNotFound`.
    public func addresses(of host: String) async throws -> [IPAddress] { try await lookUp(host) }

    private static func systemAddresses(of host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw NetworkError.hostNotFound }
        defer { freeaddrinfo(list) }

        var addresses: [IPAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let raw = info.ai_addr {
                switch info.ai_family {
                case AF_INET where Int(info.ai_addrlen) >= MemoryLayout<sockaddr_in>.size:
                    addresses.append(
                        IPAddress(raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr }))
                case AF_INET6 where Int(info.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size:
                    addresses.append(
                        IPAddress(raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_addr }))
                default: break
                }
            }
            entry = info.ai_next
        }
        guard !addresses.isEmpty else { throw NetworkError.hostNotFound }
        return addresses
    }
}
