import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio
import Jobs
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
                    .init("video_path", Schemas.string, "Those of one video."),
                ] + LibraryRoutes.pageQueries,
                answers: [.init(200, "Successful Response", .json(Schemas.list(Schemas.reference("Job"))))], errors: [422, 503]
            ) { request, context, services in
                let (skip, limit) = try LibraryRoutes.page(request)
                var query = JobQuery(
                    kind: LibraryRoutes.text("kind", request), subject: LibraryRoutes.text("video_path", request), batch: LibraryRoutes.text("batch", request), own: (StudioJob.kind, context.keyName), skip: skip, limit: limit)
                // A state that doesn't exist is one that no job has.
                if let status = LibraryRoutes.text("status", request) { query.states = JobState(rawValue: status).map { [$0] } ?? [] }
                if query.states?.isEmpty == true { return .json([]) }
                return .json(.array(try await queue(services).store.jobs(query).map(JobDocument.json)))
            },
            Route(
                .get, "/api/jobs/{id}", operationID: "retrieveJob", summary: "Job", about: "How a job is, its result once it is done, its error if it failed.",
                tag: tag, answers: [job], errors: [404, 422, 503]
            ) { _, context, services in
                .json(JobDocument.json(try await named(context, services)))
            },
            Route(
                .delete, "/api/jobs/{id}", operationID: "cancelJob", summary: "Cancel job", about: "Stops a job and the engines that work for it.",
                tag: tag, answers: [.init(200, "Cancelled", .json(Schemas.object(["message": Schemas.string])))], errors: [400, 404, 422, 503]
            ) { _, context, services in
                _ = try await queue(services).cancel(try await named(context, services).id)
                return .json(["message": "Job cancelled successfully"])
            },
            Route(
                .post, "/api/jobs/{id}/retry", operationID: "retryJob", summary: "Retry job",
                about: "Has a failed or cancelled job tried again; it goes on after the last piece that was finished.", tag: tag, answers: [job],
                errors: [400, 404, 409, 422, 503]
            ) { _, context, services in
                .json(JobDocument.json(try await queue(services).retry(try await named(context, services).id)))
            },
            Route(
                .get, "/api/jobs/{id}/events", operationID: "followJob", summary: "Job's events",
                about: "The job as it is now and whenever it changes, to its end.", tag: tag, answers: [events], errors: [404, 422, 503]
            ) { _, context, services in
                let stream = try await queue(services).follow(try await named(context, services).id)
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

    private static func follow(_ jobs: AsyncStream<Job>, _ context: GatewayContext, _ services: GatewayServices) -> Response {
        let owner = context.keyName
        return services.watchStream(
            context, jobs.filter { isSeen($0, by: owner) }.map { [ServerSentEvent("job", JobDocument.json($0), number: .none)] })
    }

    /// Pictures are of somebody: only the key that asked for them sees the jobs that make them.
    private static func isSeen(_ job: Job, by key: String) -> Bool { job.kind != StudioJob.kind || job.owner == key }

    /// The job that a path names.
    /// - Throws: `JobError.notFound`.
    private static func named(_ context: GatewayContext, _ services: GatewayServices) async throws -> Job {
        let job = try await queue(services).store.job(try LibraryRoutes.id(context))
        guard isSeen(job, by: context.keyName) else { throw JobError.notFound }
        return job
    }

    private static func queue(_ services: GatewayServices) throws -> JobQueue {
        guard let library = services.dependencies.library else { throw GatewayError.noLibrary }
        return library.queue
    }
}
