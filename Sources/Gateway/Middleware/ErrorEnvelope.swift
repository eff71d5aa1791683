import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// Turns every error, also the framework's own, into the one error envelope; under `/v2` into its flat form.
package struct ErrorEnvelope: RouterMiddleware {
    package typealias Context = GatewayContext

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let fault = Self.known(error)
            if fault.report.kind == .internal { context.logger.error("request failed", metadata: ["error": "\(error)"]) }
            context.record.update { $0.error = fault.report }
            var response = Response.envelope(
                fault.report, status: fault.status, requestID: context.requestID,
                isFlat: InferenceErrors.isFlat(path: request.uri.path))
            if case GatewayError.methodNotAllowed(let allowed) = error { response.headers[.allow] = allowed.joined(separator: ", ") }
            return response
        }
    }

    private static func known(_ error: any Error) -> (report: ErrorReport, status: Int?) {
        if let error = error as? GatewayError { return (error.report, error.status) }
        if let error = error as? HTTPError {
            let kind = ErrorKind.allCases.first { $0.status == error.status.code } ?? .invalidRequest
            return (ErrorReport(kind, code: "http_error", error.status.reasonPhrase), error.status.code)
        }
        if error is HTTPParserError { return (GatewayError.malformedRequest.report, nil) }
        return (ErrorReport(error), nil)
    }
}

extension Response {
    /// Unavailable until an operator changes something: asking again soon is in vain.
    private static let lasting: Set = ["gpu_required", "model_too_large"]

    /// The envelope with its status and, where time heals it, `Retry-After`.
    /// - Parameter isFlat: as the Open Inference Protocol wants it; see `InferenceErrors`.
    package static func envelope(
        _ report: ErrorReport, status: Int? = nil, requestID: String, isFlat: Bool = false
    ) -> Response {
        let envelope = report.envelope(requestID: requestID)
        var response = Response.json(
            isFlat ? InferenceErrors.flattened(envelope) : envelope, status: .init(code: status ?? report.kind.status))
        if let wait = report.retryAfter {
            response.headers[.retryAfter] = String(max(1, Int((wait / .seconds(1)).rounded(.up))))
        } else if (report.kind == .busy || report.kind == .unavailable) && !lasting.contains(report.code) {
            response.headers[.retryAfter] = "1"
        }
        if report.kind == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    package static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.encoded())))
    }
}
