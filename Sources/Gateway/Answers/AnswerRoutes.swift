import Foundation
import Foundations
import HTTPTypes
import Hummingbird

/// Answers in the background: asked for with `Prefer: respond-async` (RFC 7240, 4.1), followed and fetched here.
package enum AnswerRoutes {
    package static func routes() -> [Route] {
        [
            Route(
                .get, "/v1/answers/{id}", operationID: "retrieveAnswer", summary: "Answer",
                about: "A background answer: how it is, and its body once it is done.", tag: "Inference",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("BackgroundAnswer")))], errors: [404]
            ) { _, context, services in
                .json(object(try await run(context, services)))
            },
            Route(
                .get, "/v1/answers/{id}/events", operationID: "followAnswer", summary: "Answer's events",
                about: "The events of a background answer, from the first one or from the one after `Last-Event-ID`. Closing the stream "
                    + "doesn't stop the answer.",
                tag: "Inference",
                answers: [
                    .init(200, "The events", .init(type: "text/event-stream", schema: Schemas.reference("InferenceEvents")))
                ], errors: [404]
            ) { request, context, services in
                let run = try await run(context, services)
                let seen = max(0, request.headers[.lastEventID].flatMap { Int($0) } ?? 0)
                context.record.update { $0.isWatching = true }
                let requestID = context.requestID
                return services.eventStream(context, after: seen) { sink, report in
                    sink.send("error", report.envelope(requestID: requestID))
                } _: { sink in
                    for await events in run.events(after: seen) { sink.send(events) }
                    try Task.checkCancellation()
                }
            },
            Route(
                .delete, "/v1/answers/{id}", operationID: "cancelAnswer", summary: "Cancel answer",
                about: "Stops a background answer; forgets one that has ended.", tag: "Inference",
                answers: [.init(204, "Cancelled")], errors: [404]
            ) { _, context, services in
                try await services.answers.cancel(context.parameter("id"), owner: context.keyName)
                return Response(status: .noContent)
            },
        ]
    }

    /// Says where a background answer is to be found.
    static func accepted(_ run: AnswerRun) -> Response {
        var response = Response.json(object(run))
        response.status = .accepted
        response.headers[.location] = "/v1/answers/\(run.id)"
        response.headers[.preferenceApplied] = "respond-async"
        return response
    }

    private static func run(_ context: GatewayContext, _ services: GatewayServices) async throws -> AnswerRun {
        try await services.answers.run(context.parameter("id"), owner: context.keyName)
    }

    private static func object(_ run: AnswerRun) -> JSONValue {
        let facts = run.facts
        return [
            "id": .string(run.id), "object": "answer", "status": .string(facts.status.rawValue), "prompt": .string(run.prompt),
            "video_source": .string(run.source), "created": .string(run.created.formatted(.iso8601)),
            "result": facts.result ?? .null,
            "error": facts.error.map { $0.envelope(requestID: run.id)["error"] ?? .null } ?? .null,
        ]
    }
}

extension Request {
    /// Whether the caller would rather come back for the answer than wait.
    var prefersAsync: Bool {
        (headers[.prefer] ?? "").lowercased().split(whereSeparator: { $0 == "," || $0 == ";" })
            .contains { $0.trimmingCharacters(in: .whitespaces) == "respond-async" }
    }
}
