import Foundations
import HTTPTypes
import Hummingbird

/// Cross-origin calls from browsers: closed unless an origin is configured. `*` allows any origin, never with credentials.
/// Stands outside the error envelope, so that a page may read errors too.
package struct CrossOrigin: RouterMiddleware {
    package typealias Context = GatewayContext

    let origins: [String]

    private static let methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    private static let maxAge = "600"
    /// What pages of other origins may read of an answer.
    private static let exposed = "X-Request-ID, Retry-After, Location, Upload-Offset, Upload-Length, Upload-Expires, Tus-Resumable"

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        let grant = grant(origin)
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            guard var headers = grant else {
                let report = GatewayError.originNotAllowed.report
                context.record.update { $0.error = report }
                return .envelope(report, requestID: context.requestID)
            }
            headers[.accessControlAllowMethods] = Self.methods
            headers[.accessControlMaxAge] = Self.maxAge
            headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
            headers[.contentType] = "text/plain; charset=utf-8"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: "OK")))
        }
        var response = try await next(request, context)
        if let grant {
            response.headers.append(contentsOf: grant)
            response.headers[.accessControlExposeHeaders] = Self.exposed
        }
        return response
    }

    private func grant(_ origin: String) -> HTTPFields? {
        if origins.contains(origin) {
            return [.accessControlAllowOrigin: origin, .accessControlAllowCredentials: "true", .vary: "Origin"]
        }
        return origins.contains("*") ? [.accessControlAllowOrigin: "*"] : nil
    }
}
