import Foundations
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Outermost: gives each request its id and deadline, and writes its one log line and its metrics when the answer's
/// last byte is out.
package struct RequestObserver: RouterMiddleware {
    package typealias Context = GatewayContext

    let table: RouteTable
    let services: GatewayServices

    /// Unread bodies beyond this close the connection after a refusal, instead of being read to their end.
    private static let drainedBytes = 256 << 10

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = Self.sane(request.headers[.requestID]) ?? Foundations.RequestContext.newID()
        beginTrace(request, &context)
        context.priority = Self.priority(request.headers[.priority])
        context.deadline = .after(services.configuration.server.requestTimeout)
        context.logger[metadataKey: "request_id"] = .string(context.requestID)

        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }

        let status = response.status.code
        let log = context
        if status >= 400, Self.hasUnreadBody(request, context) {
            response.headers[.connection] = "close"
            let body = response.body
            let channel = context.channel
            response.body = ResponseBody(contentLength: body.contentLength) { writer in
                try await body.write(writer)
                Self.closeSoon(channel)
            }
        }
        if response.body.contentLength == nil {
            let body = response.body
            response.body = ResponseBody { writer in
                do {
                    try await body.write(writer)
                } catch {
                    log.record.update { if $0.error == nil { $0.error = GatewayError.callerLeft.report } }
                    await finish(request, log, status)
                    throw error
                }
                await finish(request, log, status)
            }
        } else {
            await finish(request, log, status)
        }
        return response
    }

    private func beginTrace(_ request: Request, _ context: inout GatewayContext) {
        let parent = request.headers[.traceParent]
        let state = request.headers[.traceState]
        guard let tracer = services.dependencies.tracer else {
            context.trace = Trace(parent: parent, state: state)
            return
        }
        (context.trace, context.span) = tracer.join(parent: parent, state: state, request.method.rawValue)
        if let span = context.span {
            context.logger[metadataKey: "trace_id"] = .string(span.context.traceID.text)
        }
    }

    /// Ends the request's span, in the words of https://opentelemetry.io/docs/specs/semconv/http/http-spans/.
    private func endTrace(
        _ span: Span, _ context: GatewayContext, _ facts: RequestRecord.Facts, method: String, route: String, status: Int
    ) {
        span.update {
            $0.name = "\(method) \(route)"
            $0.attributes["http.request.method"] = .text(method)
            $0.attributes["http.route"] = .text(route)
            $0.attributes["http.response.status_code"] = .integer(status)
            $0.attributes["martlet.request_id"] = .text(context.requestID)
            $0.attributes["martlet.key"] = .text(facts.keyName)
            if let model = facts.model { $0.attributes["gen_ai.request.model"] = .text(model) }
            if let tokens = facts.promptTokens { $0.attributes["gen_ai.usage.input_tokens"] = .integer(tokens) }
            if let tokens = facts.completionTokens { $0.attributes["gen_ai.usage.output_tokens"] = .integer(tokens) }
            if let error = facts.error { $0.attributes["error.type"] = .text(error.code) }
        }
        // What a caller did wrong is no fault of this server.
        span.end(status >= 500 ? facts.error : nil)
    }

    private func finish(_ request: Request, _ context: GatewayContext, _ sentStatus: Int) async {
        var facts = context.record.current
        if facts.isWatching, facts.error?.kind == .cancelled { facts.error = nil }
        // An event stream's status line left before its error; the log and the figures name what really happened.
        let status = sentStatus == 200 ? facts.error?.kind.status ?? 200 : sentStatus
        let route = table.route(method: request.method, pattern: context.endpointPath)?.path ?? "unmatched"
        let method = Self.knownMethods.contains(request.method.rawValue) ? request.method.rawValue : "OTHER"
        let seconds = (ContinuousClock.now - context.record.started) / .seconds(1)

        var metadata: Logger.Metadata = [
            "method": .string(method), "route": .string(route), "status": .stringConvertible(status),
            "duration_ms": .stringConvertible((seconds * 10_000).rounded() / 10), "key": .string(facts.keyName),
        ]
        if let model = facts.model { metadata["model"] = .string(model) }
        if let tokens = facts.promptTokens { metadata["prompt_tokens"] = .stringConvertible(tokens) }
        if let tokens = facts.completionTokens { metadata["completion_tokens"] = .stringConvertible(tokens) }
        if let error = facts.error { metadata["code"] = .string(error.code) }
        context.logger.log(level: status >= 500 ? .warning : .info, "request", metadata: metadata)

        if let span = context.span { endTrace(span, context, facts, method: method, route: route, status: status) }

        await services.live.add(
            LiveFeed.RequestEntry(
                id: context.requestID, method: method, route: route, status: Int(status), seconds: seconds, facts: facts))
        let metrics = services.dependencies.metrics
        await metrics.increment(
            "martlet_http_requests_total", "Requests answered.",
            [("method", method), ("route", route), ("status", String(status))])
        await metrics.observe(
            "martlet_http_request_duration_seconds", "Time from a request's head to its answer's last byte.",
            [("method", method), ("route", route)], seconds)
        let model = facts.model ?? "none"
        if let first = facts.timeToFirstToken {
            await metrics.observe(
                "martlet_time_to_first_token_seconds", "Time from a request's head to its answer's first token.",
                [("model", model)], first / .seconds(1))
        }
        for (kind, count) in [("prompt", facts.promptTokens), ("completion", facts.completionTokens)] {
            guard let count, count > 0 else { continue }
            await metrics.increment(
                "martlet_tokens_total", "Tokens read and written by models.", [("model", model), ("kind", kind)],
                by: Double(count))
        }
    }

    private static let knownMethods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// 1 to 128 printable characters without blanks.
    private static func sane(_ id: String?) -> String? {
        guard let id, (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
        return id
    }

    /// An urgency below the usual 3 (`u=4` to `u=7`) is work that can wait (RFC 9218, 4.1).
    private static func priority(_ value: String?) -> Foundations.RequestContext.Priority {
        let parameters = (value ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let urgency = parameters.last(where: { $0.hasPrefix("u=") })?.dropFirst(2), let urgency = Int(urgency) else {
            return .interactive
        }
        return (4...7).contains(urgency) ? .batch : .interactive
    }

    private static func hasUnreadBody(_ request: Request, _ context: GatewayContext) -> Bool {
        if context.record.current.bodyIsRead { return false }
        if request.headers[.transferEncoding] != nil { return true }
        return request.headers[.contentLength].flatMap { Int($0) }.map { $0 > drainedBytes } ?? false
    }

    /// Ends our side now and the connection a second later: time for the caller to read the answer, which a reset
    /// at once could take away from it.
    private static func closeSoon(_ channel: any Channel) {
        channel.close(mode: .output, promise: nil)
        channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}
