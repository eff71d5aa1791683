import Foundations
import HTTPTypes
import Hummingbird
import Jobs
import ServiceLifecycle
import VideoAnalysis

/// Durable jobs: how they are, and what people want of them.
package enum JobRoutes {
    private static let tag = "Jobs"

    package static func routes() -> [Route] {
        let job = LibraryRoutes.answer("Job")
        let events = Route.Answer(200, "Events named `job`, each with the job as it is then.", .init(type: "text/event-stream", schema: ["type": "string"]))
        return [
            Route(
                .get, "/api/jobs", operationID: "listJobs", summary: "Jobs", about: "Jobs, newest first.", tag: tag,
                queries: [
                    .init("status", Schemas.choice(JobState.allCases.map(\.rawValue)), "Those in this state."),
                    .init("kind", Schemas.string, "analysis, fetch, …"), .init("batch", Schemas.string, "Those of one batch."),
                ] + LibraryRoutes.pageQueries,
                answers: [.init(200, "Successful Response", .json(Schemas.list(Schemas.reference("Job"))))], errors: [422, 503]
            ) { request, _, services in
                var query = JobQuery(
                    kind: LibraryRoutes.text("kind", request), batch: LibraryRoutes.text("batch", request),
                    skip: try LibraryRoutes.number("skip", 0, 0...10_000_000, request), limit: try LibraryRoutes.number("limit", 100, 1...1000, request))
                // A state that doesn't exist is one that no job has.
                if let status = LibraryRoutes.text("status", request) { query.states = JobState(rawValue: status).map { [$0] } ?? [] }
                if query.states?.isEmpty == true { return .json([]) }
                return .json(.array(try await queue(services).store.jobs(query).map(LibraryObjects.job)))
            },
            Route(
                .get, "/api/jobs/{id}", operationID: "retrieveJob", summary: "Job", about: "How a job is, its result once it is done, its error if it failed.",
                tag: tag, answers: [job], errors: [404, 422, 503]
            ) { _, context, services in
                .json(LibraryObjects.job(try await queue(services).store.job(try id(context))))
            },
            Route(
                .delete, "/api/jobs/{id}", operationID: "cancelJob", summary: "Cancel job", about: "Stops a job and the engines that work for it.",
                tag: tag, answers: [.init(200, "Cancelled", .json(Schemas.object(["message": Schemas.string])))], errors: [400, 404, 422, 503]
            ) { _, context, services in
                _ = try await queue(services).cancel(try id(context))
                return .json(["message": "Job cancelled successfully"])
            },
            Route(
                .post, "/api/jobs/{id}/retry", operationID: "retryJob", summary: "Retry job",
                about: "Has a failed or cancelled job tried again; it goes on after the last piece that was finished.", tag: tag, answers: [job],
                errors: [400, 404, 409, 422, 503]
            ) { _, context, services in
                .json(LibraryObjects.job(try await queue(services).retry(try id(context))))
            },
            Route(
                .get, "/api/jobs/{id}/events", operationID: "followJob", summary: "Job's events",
                about: "The job as it is now and whenever it changes, to its end.", tag: tag, answers: [events], errors: [404, 422, 503]
            ) { _, context, services in
                let stream = try await queue(services).follow(try id(context))
                return follow(stream, context, services)
            },
            Route(
                .get, "/api/jobs/events", operationID: "followJobs", summary: "Events of all jobs",
                about: "Every job that isn't over, then each one that changes.", tag: tag, answers: [events], errors: [503]
            ) { _, context, services in
                follow(try await queue(services).followAll(), context, services)
            },
        ]
    }

    private static func follow(_ stream: AsyncStream<Job>, _ context: GatewayContext, _ services: GatewayServices) -> Response {
        var context = context
        context.deadline = .after(LiveRoutes.longestStream)
        context.record.update { $0.isWatching = true }
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send("error", report.envelope(requestID: requestID))
        } _: { sink in
            // Watchers don't hold up a server that wants to stop.
            try await cancelWhenGracefulShutdown {
                for await job in stream { sink.send(ServerSentEvent("job", LibraryObjects.job(job), number: .none)) }
                if !Task.isShuttingDownGracefully { try Task.checkCancellation() }
            }
        }
    }

    private static func queue(_ services: GatewayServices) throws -> JobQueue {
        guard let library = services.dependencies.library else { throw GatewayError.noLibrary }
        return library.queue
    }

    private static func id(_ context: GatewayContext) throws -> Int64 {
        guard let id = Int64(context.parameter("id")) else { throw LibraryError.outOfRange(field: "id", allowed: "a whole number") }
        return id
    }
}
