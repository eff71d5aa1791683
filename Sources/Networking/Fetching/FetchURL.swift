import Foundation

/// A URL that was taken apart and checked: http or https, no credentials, a plain host. Written out anew from its
/// parts, so that nobody downstream can read it differently.
public struct FetchURL: Sendable, Equatable {
    public let isEncrypted: Bool
    /// The host as the resolver gets it: without brackets, in small letters.
    public let host: String
    /// Any port is allowed: the address policy guards what is reachable, not the port.
    public let port: Int
    /// Path and query, percent-encoded, from the slash on.
    public let target: String

    /// - Throws: `NetworkError.invalidURL`.
    public init(_ text: String) throws {
        guard text.utf8.count <= 8192 else { throw NetworkError.invalidURL(reason: "is longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw NetworkError.invalidURL(reason: "holds spaces, control characters or backslashes")
        }
        guard let components = URLComponents(string: text) else { throw NetworkError.invalidURL(reason: "can't be read") }
        switch components.scheme?.lowercased() {
        case "http": isEncrypted = false
        case "https": isEncrypted = true
        default: throw NetworkError.invalidURL(reason: "is neither http nor https")
        }
        guard components.user == nil, components.password == nil else {
            throw NetworkError.invalidURL(reason: "carries a user name or password")
        }
        guard let encodedHost = components.encodedHost, !encodedHost.isEmpty else {
            throw NetworkError.invalidURL(reason: "names no host")
        }
        host = try Self.checkedHost(encodedHost.lowercased())
        port = components.port ?? (isEncrypted ? 443 : 80)
        guard (1...65_535).contains(port) else { throw NetworkError.invalidURL(reason: "has an impossible port") }
        let path = components.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (components.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// The URL a `Location` header means, seen from here.
    /// - Throws: `NetworkError.redirectRefused`, `NetworkError.invalidURL`.
    public func redirected(to location: String) throws -> FetchURL {
        guard let base = URL(string: description), let url = URL(string: location, relativeTo: base) else {
            throw NetworkError.redirectRefused(reason: "leads to no readable address")
        }
        let next = try FetchURL(url.absoluteString)
        if isEncrypted, !next.isEncrypted {
            throw NetworkError.redirectRefused(reason: "leaves https for http")
        }
        return next
    }

    private static func checkedHost(_ host: String) throws -> String {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let literal = String(host.dropFirst().dropLast())
            guard literal.contains(":"), IPAddress(literal) != nil else {
                throw NetworkError.invalidURL(reason: "has an IPv6 address that can't be read")
            }
            return literal
        }
        // Letters, digits, hyphen, dot and underscore: no percent escapes, no zones, no empty labels.
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, host.utf8.count <= 254, host.utf8.first != UInt8(ascii: "."), !host.contains("..") else {
            throw NetworkError.invalidURL(reason: "has a host name that can't be read")
        }
        return host
    }
}

extension FetchURL: CustomStringConvertible {
    public var description: String {
        let shownHost = host.contains(":") ? "[\(host)]" : host
        let isDefaultPort = port == (isEncrypted ? 443 : 80)
        return "\(isEncrypted ? "https" : "http")://\(shownHost)\(isDefaultPort ? "" : ":\(port)")\(target)"
    }
}
