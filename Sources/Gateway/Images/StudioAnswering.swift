import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio
import ModelHub

/// Has a request for pictures done: at once, or in the background for those who prefer that (RFC 7240, 4.1).
struct StudioAnswering {
    let studio: StudioServices
    let context: GatewayContext
    let services: GatewayServices

    /// - Throws: `ModelFailure.noImageModel`.
    init(_ context: GatewayContext, _ services: GatewayServices) throws {
        guard let studio = services.dependencies.studio else { throw ModelFailure.noImageModel }
        self.studio = studio
        self.context = context
        self.services = services
    }

    /// - Parameter byURL: whether pictures are given out by URLs.
    func document(_ answer: StudioAnswer, of request: StudioRequest, byURL: Bool) async throws -> JSONValue {
        try await StudioDocument(files: byURL ? studio.files : nil).json(answer, of: request)
    }

    func make(_ request: StudioRequest) async throws -> StudioAnswer {
        let answer = try await services.bounded(context) { try await studio.studio.make(request, context: context.foundation, progress: nil) }
        context.record.update { $0.model = answer.pictures.model }
        return answer
    }

    /// Begins a job that makes it.
    /// - Throws: what refuses it at once.
    func background(_ request: StudioRequest, _ http: Request) async throws -> Response {
        guard let library = services.dependencies.library, services.configuration.images.jobs > 0 else { throw GatewayError.noBackgroundPictures }
        try await studio.studio.check(request)
        let job = try await library.queue.submit(
            StudioJob.request(request, owner: context.keyName, idempotencyKey: http.headers[.idempotencyKey]))
        var response = Response.json(["job_id": .integer(Int(job.id)), "status": .string(job.state.rawValue)], status: .accepted)
        response.headers[.location] = "/api/jobs/\(job.id)"
        response.headers[.preferenceApplied] = "respond-async"
        return response
    }

    /// The JSON answer, now or later.
    func response(_ request: StudioRequest, _ http: Request, byURL: Bool) async throws -> Response {
        if http.prefersAsync { return try await background(request, http) }
        return .json(try await document(try await make(request), of: request, byURL: byURL))
    }

    /// The picture itself.
    func bytes(_ request: StudioRequest) async throws -> Response {
        let answer = try await make(request)
        guard let picture = answer.pictures.pictures.first else { throw PictureError.unreadable }
        var response = Response(
            status: .ok, headers: [.contentType: picture.format.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture.file)))
        response.headers[.pictureSeed] = String(picture.seed)
        response.headers[.pictureModel] = answer.pictures.model
        return response
    }
}

extension Request {
    /// Whether the caller names JSON among what it takes.
    var acceptsJSON: Bool { (headers[.accept] ?? "").lowercased().contains("application/json") }
}
