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
                shaped: Self.shape(path: request.uri.path))
            if case GatewayError.methodNotAllowed(let allowed) = error { response.headers[.allow] = allowed.joined(separator: ", ") }
            return response
        }
    }

    /// How clients of a path read errors: most as the envelope is, some otherwise or in more than one way.
    private static func shape(path: String) -> (JSONValue) -> JSONValue {
        if InferenceErrors.isFlat(path: path) { return InferenceErrors.flattened }
        if ImageErrors.hasOldFields(path: path) { return ImageErrors.withOldFields }
        return { $0 }
    }

    /// The name of the schema of a path's errors.
    static func schema(path: String) -> String {
        if InferenceErrors.isFlat(path: path) { return "InferenceError" }
        return ImageErrors.hasOldFields(path: path) ? "ImageError" : "ErrorEnvelope"
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
    /// - Parameter shaped: makes of the envelope what clients of the path read.
    package static func envelope(
        _ report: ErrorReport, status: Int? = nil, requestID: String, shaped: (JSONValue) -> JSONValue = { $0 }
    ) -> Response {
        var response = Response.json(shaped(report.envelope(requestID: requestID)), status: .init(code: status ?? report.kind.status))
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
