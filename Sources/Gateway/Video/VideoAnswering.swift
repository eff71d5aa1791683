import Foundation
import Foundations
import Hummingbird
import Media
import ModelHub
import VideoAnalysis

/// Works on one video question: waits for a place, brings the video, asks, and shapes the answer.
package struct VideoAnswering: Sendable {
    package enum Origin: Sendable {
        case url(String)
        /// Base64 inside the request; `path` is its place there, for messages about it.
        case dataURL(String, path: String)
        /// A file inside a folder that lives as long as this value.
        case file(URL, keeping: any AnyObject & Sendable)
    }

    let request: VideoRequest
    let origin: Origin
    let sourceName: String
    let context: GatewayContext
    let services: GatewayServices

    package init(
        request: VideoRequest, origin: Origin, sourceName: String, context: GatewayContext, services: GatewayServices
    ) {
        self.request = request
        self.origin = origin
        self.sourceName = sourceName
        self.context = context
        self.services = services
    }

    /// The whole answer as JSON, or its events.
    package func response(streams: Bool) async throws -> Response {
        if streams {
            try await services.gate.check(context.foundation)
            return events
        }
        let result = try await services.bounded(context) { try await answer(onQueued: { _ in }, onEvent: { _ in }) }
        return .json(body(result))
    }

    private func body(_ result: AnswerResult) -> JSONValue {
        VideoAnswer.body(result, prompt: request.prompt, source: sourceName, requestID: context.requestID)
    }

    private static let stopping: JSONValue = [
        "code": "server_stopping", "message": "The server is stopping; this answer may be cut off.",
    ]

    private var events: Response {
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send("error", report.envelope(requestID: requestID))
        } onStopping: { sink in
            sink.send("notice", Self.stopping)
        } _: { sink in
            sink.send("done", body(try await answer { sink.send($0, $1) }))
        }
    }

    /// Begins to answer in the background and says where the answer is to be found.
    /// - Throws: what refuses the question at once.
    package func backgroundResponse() async throws -> Response {
        try await services.gate.check(context.foundation)
        let run = await services.answers.start(owner: context.keyName, prompt: request.prompt, source: sourceName) { run in
            try await services.bounded(context, watchingCaller: false, onStopping: { run.send("notice", Self.stopping) }) {
                body(try await answer { run.send($0, $1) })
            }
        }
        return AnswerRoutes.accepted(run)
    }

    /// Runs the question to its end and tells what happens as named events.
    private func answer(_ send: @escaping @Sendable (String, JSONValue) -> Void) async throws -> AnswerResult {
        try await answer(onQueued: { send("progress", VideoAnswer.queued($0)) }) { event in
            switch event {
            case .progress(let update): send("progress", VideoAnswer.progress(update))
            case .notice(let text): send("notice", ["message": .string(text)])
            case .plan(let plan): send("plan", VideoAnswer.json(plan))
            case .evidence(let summary): send("evidence", VideoAnswer.json(summary))
            case .token(let text): send("token", ["text": .string(text)])
            case .done: break
            }
        }
    }

    /// Runs the question to its end.
    /// - Parameters:
    ///   - onQueued: the place in line, whenever it changes.
    ///   - onEvent: everything the pipeline says, `done` included.
    /// - Throws: what the gate, the fetcher or the pipeline throws.
    package func answer(
        onQueued: @escaping @Sendable (Lane.Turn) -> Void, onEvent: @escaping @Sendable (AnswerEvent) -> Void
    ) async throws -> AnswerResult {
        try await services.gate.withPlace(context.foundation, onQueued: onQueued) {
            switch origin {
            case .dataURL(let url, let path):
                return try await ask(.data(try await ChatMedia.decoded(url, path, services)), onEvent)
            case .file(let file, let folder):
                defer { withExtendedLifetime(folder) {} }
                return try await ask(.file(file), onEvent)
            case .url(let url):
                let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
                defer { withExtendedLifetime(folder) {} }
                let file = try await services.dependencies.fetcher.fetch(
                    url, into: folder.url, deadline: context.deadline.capped(at: services.configuration.fetch.timeout),
                    progress: { onEvent(.progress($0)) })
                return try await ask(.file(file), onEvent)
            }
        }
    }

    private func ask(_ source: MediaSource, _ onEvent: @Sendable (AnswerEvent) -> Void) async throws -> AnswerResult {
        var question = VideoQuestion(source: source, sourceName: sourceName, prompt: request.prompt)
        question.sampling = request.sampling
        question.generation = request.generation
        question.evidence = request.evidence
        question.model = request.model
        question.history = request.history
        for try await event in services.dependencies.questions.ask(question, context: context.foundation) {
            if case .token = event { context.record.tokenArrived() }
            onEvent(event)
            if case .done(let result) = event {
                context.record.update {
                    $0.model = result.model
                    $0.promptTokens = result.promptTokens
                    $0.completionTokens = result.completionTokens
                }
                for (stage, seconds) in result.timings where stage != "total" {
                    await services.dependencies.metrics.observe(
                        "martlet_stage_seconds", "Time of each stage of a pipeline.",
                        [("pipeline", "video_question"), ("stage", stage)], seconds)
                }
                return result
            }
        }
        try Task.checkCancellation()
        throw GatewayError.answerMissing
    }
}
