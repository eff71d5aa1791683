import Foundation
import Foundations
import HTTPTypes
import Hummingbird

/// A file as a response: whole, or the range that was asked for (RFC 9110, 14).
enum FileResponse {
    /// - Parameter holding: kept alive until the last byte is sent.
    static func make(
        _ file: URL, bytes size: Int, _ request: Request, _ context: GatewayContext, _ services: GatewayServices, holding: (any Sendable)? = nil
    ) async throws -> Response {
        var headers: HTTPFields = [
            .acceptRanges: "bytes", .cacheControl: "private, no-cache",
            .contentType: try await services.threads.run { ContentType.of(file) },
            // A file of somebody's is never a page of ours.
            .contentSecurityPolicy: "sandbox; default-src 'none'",
        ]
        var range = 0..<size
        var status = HTTPResponse.Status.ok
        if let wanted = request.headers[.range] {
            switch ByteRange.parse(wanted, size: size) {
            case .range(let part):
                range = part
                status = .partialContent
                headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
            case .unsatisfiable:
                return Response(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"])
            case .ignored: break
            }
        }
        let body = try await FileIO().loadFile(path: file.path, range: range.lowerBound...(range.upperBound - 1), context: context)
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: range.count) { writer in
                defer { withExtendedLifetime(holding) {} }
                try await body.write(writer)
            })
    }
}
