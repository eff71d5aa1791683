import Foundations
import GRPCCore
import Logging

/// Around every call: wants a token before any message is read, turns errors into statuses, and writes the call's log line
/// and metrics when its last message is out.
package struct CallObserver: ServerInterceptor {
    private let services: GatewayServices
    private let keyring: Keyring
    private let logger: Logger

    package init(services: GatewayServices, logger: Logger) {
        self.services = services
        self.logger = logger
        keyring = Keyring(services.configuration.server.tokens)
    }

    /// Calls that need no token, as their REST routes.
    private static let anonymous: Set<String> = ["ServerLive", "ServerReady", "HealthCheck"]

    package func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let call = Call(
            metadata: request.metadata, method: context.descriptor.method, service: context.descriptor.service.fullyQualifiedService,
            tracer: services.dependencies.tracer)
        do {
            var request = request
            try authenticate(&request.metadata, method: context.descriptor.method)
            call.attach(to: &request.metadata)
            var response = try await next(request, context)
            response.metadata.replaceOrAddString(call.id, forKey: "x-request-id")
            guard case .success(var contents) = response.accepted else {
                await finish(call, nil)
                return response
            }
            let producer = contents.producer
            contents.producer = { writer in
                do {
                    let trailers = try await producer(writer)
                    await finish(call, nil)
                    return trailers
                } catch {
                    await finish(call, error)
                    throw Self.status(error, call)
                }
            }
            response.accepted = .success(contents)
            return response
        } catch {
            await finish(call, error)
            throw Self.status(error, call)
        }
    }

    private func authenticate(_ metadata: inout Metadata, method: String) throws {
        metadata.removeAllValues(forKey: Call.keyNameEntry)
        guard !keyring.isEmpty, !Self.anonymous.contains(method) else { return }
        let name = try keyring.owner(ofHeader: metadata[stringValues: "authorization"].first { _ in true })
        metadata.addString(name, forKey: Call.keyNameEntry)
    }

    private static func status(_ error: any Error, _ call: Call) -> RPCError {
        if let error = error as? RPCError { return error }
        let report = (error as? GatewayError)?.report ?? ErrorReport(error)
        var metadata: Metadata = ["x-request-id": .string(call.id), "x-error-code": .string(report.code)]
        if let wait = report.retryAfter {
            metadata.addString(String(Int(wait / .milliseconds(1))), forKey: "grpc-retry-pushback-ms")
        }
        return RPCError(code: report.kind.callCode, message: report.message, metadata: metadata)
    }

    private func finish(_ call: Call, _ error: (any Error)?) async {
        let code: String
        switch error {
        case nil: code = "OK"
        case let error as RPCError: code = "\(error.code)"
        case .some(let error):
            let report = ErrorReport(error)
            code = "\(report.kind.callCode)"
            if report.kind == .internal {
                logger.error("call failed", metadata: ["error": "\(error)", "request_id": .string(call.id)])
            }
        }
        call.span?.update { $0.attributes["rpc.grpc.status_code"] = .text(code) }
        call.span?.end(error)
        let seconds = (ContinuousClock.now - call.started) / .seconds(1)
        logger.info(
            "call",
            metadata: [
                "method": .string(call.method), "status": .string(code), "request_id": .string(call.id),
                "duration_ms": .stringConvertible((seconds * 10_000).rounded() / 10),
            ])
        let metrics = services.dependencies.metrics
        await metrics.increment(
            "martlet_grpc_calls_total", "gRPC calls ended.", [("method", call.method), ("status", code)])
        await metrics.observe(
            "martlet_grpc_call_duration_seconds", "Time from a call's head to its last message.",
            [("method", call.method)], seconds)
    }
}

/// What is known of a call beside its messages.
package struct Call: Sendable {
    /// Set by `CallObserver` alone; what a caller sends under this name is dropped.
    fileprivate static let keyNameEntry = "martlet-key-name"
    private static let idEntry = "x-request-id"
    private static let traceParentEntry = "traceparent"
    private static let traceStateEntry = "tracestate"

    package let id: String
    fileprivate let method: String
    fileprivate let started = ContinuousClock.now
    fileprivate let span: Span?
    private let trace: Trace?

    fileprivate init(metadata: Metadata, method: String, service: String, tracer: Tracer?) {
        self.method = method
        let parent = metadata[stringValues: Self.traceParentEntry].first { _ in true }
        let state = metadata[stringValues: Self.traceStateEntry].first { _ in true }
        if let tracer {
            let joined = tracer.join(parent: parent, state: state, "\(service)/\(method)")
            trace = joined.trace
            span = joined.span
            span?.update {
                $0.attributes = ["rpc.system": "grpc", "rpc.service": .text(service), "rpc.method": .text(method)]
            }
        } else {
            trace = Trace(parent: parent, state: state)
            span = nil
        }
        let sent = metadata[stringValues: Self.idEntry].first { _ in true }
        id = sent.flatMap(Self.sane) ?? Foundations.RequestContext.newID()
    }

    /// Puts into the metadata what `context` reads out of them.
    fileprivate func attach(to metadata: inout Metadata) {
        metadata.replaceOrAddString(id, forKey: Self.idEntry)
        metadata.removeAllValues(forKey: Self.traceParentEntry)
        if let trace { metadata.addString(trace.context.parent, forKey: Self.traceParentEntry) }
    }

    /// The context that layers below know.
    package static func context(_ metadata: Metadata, timeout: Duration, tracer: Tracer?) -> Foundations.RequestContext {
        func entry(_ name: String) -> String? { metadata[stringValues: name].first { _ in true } }
        return Foundations.RequestContext(
            id: entry(idEntry) ?? Foundations.RequestContext.newID(), keyName: entry(keyNameEntry) ?? "anonymous",
            deadline: .after(timeout),
            trace: Trace(parent: entry(traceParentEntry), state: entry(traceStateEntry), tracer: tracer))
    }

    /// 1 to 128 printable characters without blanks.
    private static func sane(_ text: String) -> String? {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) } ? text : nil
    }
}

extension ErrorKind {
    /// The gRPC status that says the same.
    fileprivate var callCode: RPCError.Code {
        switch self {
        case .invalidRequest, .unsupportedMedia, .unprocessable: .invalidArgument
        case .unauthorized: .unauthenticated
        case .forbidden: .permissionDenied
        case .notFound: .notFound
        case .methodNotAllowed: .unimplemented
        case .conflict: .failedPrecondition
        case .tooLarge, .busy, .insufficientStorage: .resourceExhausted
        case .cancelled: .cancelled
        case .internal, .upstream: .internalError
        case .unavailable: .unavailable
        case .timeout: .deadlineExceeded
        }
    }
}
