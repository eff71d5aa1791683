import Foundations
import HTTPTypes
import Hummingbird
import Media
import VideoAnalysis

/// Questions about a video that lies behind a URL or comes with the request.
package enum VideoRoutes {
    package static func routes(_ configuration: Configuration) -> [Route] {
        let answers: [Route.Answer] = [
            .init(
                200, "The answer; as an event stream when `Accept: text/event-stream` or `stream` asks for it.",
                .json(Schemas.reference("InferenceResponse")),
                .init(type: "text/event-stream", schema: Schemas.reference("InferenceEvents")))
        ]
        return [
            Route(
                .post, "/v1/inference/url", operationID: "inference_from_url_v1_inference_url_post",
                summary: "Inference From Url",
                about: "Answers a question about the video behind a URL (`video_url`) or one that was uploaded in pieces (`upload_id`). With "
                    + "`Prefer: respond-async` it is answered in the background.",
                tag: "Inference",
                body: .json(Schemas.reference("InferenceRequestURL")),
                answers: answers + [
                    .init(202, "Answered in the background; `Location` says where.", .json(Schemas.reference("BackgroundAnswer")))
                ],
                errors: [400, 403, 404, 409, 413, 415, 422, 429, 502, 503, 504], handler: fromURL),
            Route(
                .post, "/v1/inference/upload", operationID: "inference_from_upload_v1_inference_upload_post",
                summary: "Inference From Upload", about: "Answers a question about an uploaded video. The file is deleted afterwards.",
                tag: "Inference",
                body: .init(
                    type: "multipart/form-data",
                    schema: Schemas.reference("Body_inference_from_upload_v1_inference_upload_post")),
                answers: answers, errors: [400, 408, 413, 415, 422, 429, 503, 504, 507], handler: fromUpload),
        ]
    }

    @Sendable private static func fromURL(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        try await services.gate.check(context.foundation)
        let object = try await BodyReader.jsonObject(request, context, services)
        let (asked, place) = try VideoRequest.json(object, services.configuration)
        let origin: VideoAnswering.Origin
        let name: String
        switch place {
        case .url(let url): (origin, name) = (.url(url), url)
        case .upload(let id):
            let reading = try await services.keptUploads.read(id, owner: context.keyName)
            (origin, name) = (.file(reading.file, keeping: reading), reading.upload.name)
        }
        let answering = VideoAnswering(request: asked, origin: origin, sourceName: name, context: context, services: services)
        if request.prefersAsync { return try await answering.backgroundResponse() }
        return try await answering.response(streams: asked.stream || request.wantsEventStream)
    }

    @Sendable private static func fromUpload(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let upload = try await VideoUpload.receive(request, context, services)
        let asked = try VideoRequest.form(upload.fields, hasFile: upload.file != nil, services.configuration)
        guard let file = upload.file else { throw GatewayError.storageFailed }
        if file.bytes == 0 {
            throw GatewayError.invalidFields(
                [FieldFault(param: "video", code: "empty_file", message: "The uploaded file is empty.")], kind: .unprocessable)
        }
        let answering = VideoAnswering(
            request: asked, origin: .file(file.url, keeping: upload.folder), sourceName: file.shownName, context: context,
            services: services)
        return try await answering.response(streams: asked.stream || request.wantsEventStream)
    }
}
