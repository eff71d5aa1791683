import Foundation
import Foundations
import HTTPTypes
import Hummingbird

/// The web page. It holds no data of its own: what it shows it asks of the API, with the caller's token.
package enum PageRoutes {
    package static func routes() -> [Route] {
        let page: [Route.Answer] = [.init(200, "A page", .init(type: "text/html", schema: ["type": "string"]))]
        return [
            Route(
                .get, "/docs", operationID: "docs", summary: "Documentation", about: "The API as a page to read and to try.",
                tag: "Documents", answers: page, isAnonymous: true
            ) { request, _, services in
                try await file("docs.html", request, services)
            },
            Route(
                .get, "/assets/{path}", operationID: "asset", summary: "Asset", about: "A file of the web page.", tag: "Documents",
                answers: [.init(200, "The file", .init(type: "application/octet-stream", schema: ["type": "string"]))],
                errors: [404], isAnonymous: true, takesRest: true
            ) { request, context, services in
                try await file(context.rest, request, services)
            },
        ]
    }

    /// The page itself, for browsers; `nil` for callers that would rather have something else.
    static func page(_ request: Request, _ services: GatewayServices) async throws -> Response? {
        guard request.headers[.accept]?.lowercased().contains("text/html") == true else { return nil }
        return try await file("index.html", request, services)
    }

    /// - Throws: `noSuchRoute`.
    private static func file(_ path: String, _ request: Request, _ services: GatewayServices) async throws -> Response {
        guard let file = try await services.threads.run({ PageFile.all[path] }) else { throw GatewayError.noSuchRoute }
        var headers: HTTPFields = [
            .contentType: file.type, .eTag: file.tag, .vary: "Accept-Encoding",
            // Asked for each time, and answered with 304 as long as the program is the same.
            .cacheControl: "no-cache",
        ]
        if file.type.hasPrefix("text/html") {
            headers[.contentSecurityPolicy] = policy
            headers[.referrerPolicy] = "no-referrer"
            headers[.crossOriginOpenerPolicy] = "same-origin"
            if let name = permissionsPolicy { headers[name] = "microphone=(self)" }
        }
        if request.headers[.ifNoneMatch]?.contains(file.tag) == true { return Response(status: .notModified, headers: headers) }
        var bytes = file.bytes
        if let compressed = file.compressed, request.headers[.acceptEncoding]?.lowercased().contains("gzip") == true {
            bytes = compressed
            headers[.contentEncoding] = "gzip"
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Whoever talks uses the microphone; what is framed or linked may not.
    private static let permissionsPolicy = HTTPField.Name("Permissions-Policy")

    /// Nothing but our own files, and no text that becomes code.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:", "media-src 'self' blob:",
        "connect-src 'self'", "font-src 'self'", "manifest-src 'self'", "form-action 'none'", "base-uri 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")
}
