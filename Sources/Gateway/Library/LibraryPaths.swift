import HTTPTypes
import Hummingbird

/// Takes the library's addresses as clients of old write them: with a slash at their end, and with the path of a video in its
/// plain form. What lies between `/api/videos/` and the route's own words becomes one piece of the address.
package struct LibraryPaths: HTTPResponder {
    package typealias Context = GatewayContext

    private let next: RouterResponder<GatewayContext>

    package init(_ next: RouterResponder<GatewayContext>) { self.next = next }

    package func respond(to request: Request, context: GatewayContext) async throws -> Response {
        guard let path = Self.joined(request.head.path ?? "") else { return try await next.respond(to: request, context: context) }
        var head = request.head
        head.path = path
        return try await next.respond(to: Request(head: head, body: request.body), context: context)
    }

    private static let prefix = "/api/videos/"
    private static let words: Set<Substring> = [
        "analyze", "jobs", "timestamps", "timeline", "thumbnail", "content", "export", "move-to-front", "expressions",
    ]
    private static let expressionWords: Set<Substring> = ["vectors", "features", "overlay"]

    /// - Returns: the address as the routes have it; `nil` where it is so already.
    package static func joined(_ address: String) -> String? {
        guard address.hasPrefix("/api/") else { return nil }
        let pieces = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = pieces.first ?? ""
        let query = pieces.count > 1 ? "?" + pieces[1] : ""
        let hasSlash = path.last == "/"
        while path.last == "/" { path = path.dropLast() }
        guard path.hasPrefix(prefix) else { return hasSlash ? path + query : nil }
        var parts = path.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        var tail: [Substring] = []
        if parts.count > 2, parts[parts.count - 2] == "timestamps", parts.count == 3 || parts[parts.count - 1].allSatisfy(\.isNumber) {
            tail = Array(parts.suffix(2))
        } else if parts.count > 2, parts[parts.count - 2] == "expressions", expressionWords.contains(parts[parts.count - 1]) {
            tail = Array(parts.suffix(2))
        } else if parts.count > 1, let last = parts.last, words.contains(last) {
            tail = [last]
        }
        parts.removeLast(tail.count)
        guard parts.count > 1 || hasSlash else { return nil }
        return prefix + ([parts.joined(separator: "%2F")] + tail.map(String.init)).joined(separator: "/") + query
    }
}
