import Foundation
import Foundations
import HTTPTypes
import Hummingbird

extension BodyReader {
    /// The body as a JSON object; an empty body is an empty object. The content type may be missing: clients of the Open
    /// Inference Protocol leave it out. A browser must send it, so that a foreign page can't call without being asked about.
    /// - Throws: `wrongContentType`, `bodyTooLarge`, `malformedJSON`, `nestedTooDeep`.
    package static func optionalJSONObject(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> [String: JSONValue] {
        if request.headers[.origin] != nil { return try await jsonObject(request, context, services) }
        let server = services.configuration.server
        let data = try await services.bounded(context, watchingCaller: false) {
            try await collect(request, context, limit: server.maxBodyBytes, idle: server.bodyIdleTimeout)
        }
        if data.isEmpty { return [:] }
        return try await services.threads.run { try parseObject(data) }
    }
}
