import Foundations

/// A call of the REST API (https://discord.com/developers/docs/reference#http-api).
struct DiscordRoute: Sendable {
    let method: String
    /// From the API's address on.
    let path: String
    let limit: RateLimitBuckets.Route

    /// - Parameters:
    ///   - template: the path, with "*" where an id stands. The first id is the channel's.
    ///   - ids: numbers. Something else names nothing that exists.
    /// - Throws: `ChatPortError.refused`.
    private init(_ method: String, _ template: String, _ ids: String..., query: String = "") throws {
        guard ids.allSatisfy({ UInt64($0) != nil }) else { throw ChatPortError.refused(code: 404) }
        self.method = method
        var left = ids[...]
        path = template.split(separator: "/").map { "/" + ($0 == "*" ? left.popFirst() ?? "" : String($0)) }.joined() + query
        limit = RateLimitBuckets.Route("\(method) \(template)", major: ids.first ?? "")
    }

    static func gateway() throws -> DiscordRoute { try DiscordRoute("GET", "/gateway/bot") }
    static func channel(_ channel: String) throws -> DiscordRoute { try DiscordRoute("GET", "/channels/*", channel) }

    static func messages(in channel: String, after message: String) throws -> DiscordRoute {
        guard UInt64(message) != nil else { throw ChatPortError.refused(code: 404) }
        return try DiscordRoute("GET", "/channels/*/messages", channel, query: "?after=\(message)&limit=100")
    }

    static func send(to channel: String) throws -> DiscordRoute { try DiscordRoute("POST", "/channels/*/messages", channel) }

    static func edit(_ message: String, in channel: String) throws -> DiscordRoute {
        try DiscordRoute("PATCH", "/channels/*/messages/*", channel, message)
    }

    static func delete(_ message: String, in channel: String) throws -> DiscordRoute {
        try DiscordRoute("DELETE", "/channels/*/messages/*", channel, message)
    }

    static func typing(in channel: String) throws -> DiscordRoute { try DiscordRoute("POST", "/channels/*/typing", channel) }
    static func attachments(in channel: String) throws -> DiscordRoute { try DiscordRoute("POST", "/channels/*/attachments", channel) }
}
