import Foundation

/// Which proxy, if any, stands between us and a URL: the environment variables that curl and pip read.
public struct ProxySettings: Sendable, Equatable {
    public struct Proxy: Sendable, Hashable {
        public var host: String
        public var port: Int
        /// Base64 of `user:password`.
        public var credentials: String?
    }

    private var http: Proxy?
    private var https: Proxy?
    private var exclusions: [String] = []

    /// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, small letters before capitals.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? {
            (environment[name] ?? environment[name.uppercased()]).flatMap { $0.isEmpty ? nil : $0 }
        }
        let all = value("all_proxy")
        http = (value("http_proxy") ?? all).flatMap(Self.parse)
        https = (value("https_proxy") ?? all).flatMap(Self.parse)
        exclusions = (value("no_proxy") ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }.filter { !$0.isEmpty }
    }

    /// No proxy at all.
    public static let none = ProxySettings(environment: [:])

    var all: Set<Proxy> { Set([http, https].compactMap(\.self)) }

    /// - Returns: `nil` for a direct connection: none is set, the host is excluded, or it is this machine.
    public func proxy(for url: String) -> Proxy? {
        guard let components = URLComponents(string: url), let host = components.host?.lowercased() else { return nil }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if bare == "localhost" || bare == "::1" || bare.hasPrefix("127.") { return nil }
        let isExcluded = exclusions.contains { rule in
            let suffix = rule.hasPrefix(".") ? String(rule.dropFirst()) : rule
            return rule == "*" || bare == suffix || bare.hasSuffix("." + suffix)
        }
        if isExcluded { return nil }
        return components.scheme?.lowercased() == "https" ? https : http
    }

    private static func parse(_ text: String) -> Proxy? {
        let full = text.contains("://") ? text : "http://" + text
        guard let components = URLComponents(string: full), let host = components.host, !host.isEmpty,
            components.scheme?.lowercased() == "http"
        else { return nil }
        let credentials = components.user.map { "\($0):\(components.password ?? "")" }
        return Proxy(
            host: host, port: components.port ?? 80,
            credentials: credentials.map { Data($0.utf8).base64EncodedString() })
    }
}
