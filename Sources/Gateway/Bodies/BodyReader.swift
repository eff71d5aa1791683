import Foundation
import Foundations
import Hummingbird
import Synchronization

/// Reads request bodies with bounds on their size and on the time between two pieces.
package enum BodyReader {
    private final class Activity: Sendable {
        let last = Mutex(ContinuousClock.now)
    }

    /// Folds the body into a value, piece by piece. The next piece is asked for when `step` has returned, so a slow
    /// disk slows the caller.
    /// - Throws: `bodyIdle`, `DeadlineExceeded`, or what `step` throws.
    package static func fold<Value: Sendable>(
        _ request: Request, _ context: GatewayContext, idle: Duration, into initial: Value,
        _ step: @escaping @Sendable (inout Value, ByteBuffer) async throws -> Void
    ) async throws -> Value {
        let activity = Activity()
        let body = request.body
        let reading = Interruption()
        reading.end(whenPast: { Deadline(activity.last.withLock { $0 } + idle) }, with: GatewayError.bodyIdle)
        let value = try await reading.run {
            var value = initial
            for try await piece in body {
                activity.last.withLock { $0 = .now }
                try await step(&value, piece)
                activity.last.withLock { $0 = .now }
            }
            try Task.checkCancellation()
            return value
        }
        context.record.update { $0.bodyIsRead = true }
        return value
    }

    /// The whole body.
    /// - Throws: `bodyTooLarge` before anything is read where the length is announced.
    package static func collect(
        _ request: Request, _ context: GatewayContext, limit: Int, idle: Duration
    ) async throws -> Data {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw GatewayError.bodyTooLarge(limit: limit) }
        let data = try await fold(request, context, idle: idle, into: Data()) { data, piece in
            if data.count + piece.readableBytes > limit { throw GatewayError.bodyTooLarge(limit: limit) }
            data.append(contentsOf: piece.readableBytesView)
        }
        if let announced, data.count < announced { throw GatewayError.bodyIncomplete }
        return data
    }

    /// The body as a JSON object.
    /// - Throws: `wrongContentType`, `bodyTooLarge`, `malformedJSON`, `nestedTooDeep`.
    package static func jsonObject(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> [String: JSONValue] {
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json") else {
            throw GatewayError.wrongContentType(expected: "application/json")
        }
        let server = services.configuration.server
        let data = try await services.bounded(context, watchingCaller: false) {
            try await collect(request, context, limit: server.maxBodyBytes, idle: server.bodyIdleTimeout)
        }
        return try await services.threads.run { try parseObject(data) }
    }

    package static func parseObject(_ data: Data) throws -> [String: JSONValue] {
        guard case .object(let object) = try JSONText.parse(data) else {
            throw GatewayError.malformedJSON(offset: 0, what: "an object was expected")
        }
        return object
    }
}
