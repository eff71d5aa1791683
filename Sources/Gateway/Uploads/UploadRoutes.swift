import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Networking
import NIOCore
import VideoAnalysis

/// Uploads in pieces that can be resumed, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload: core, creation,
/// termination, expiration), and from a URL.
package enum UploadRoutes {
    static let version = "1.0.0"

    package static func routes() -> [Route] {
        let upload: [Route.Answer] = [.init(200, "The upload as it is now.", .json(Schemas.reference("Upload")))]
        return [
            Route(
                .post, "/v1/uploads", operationID: "createUpload", summary: "Create upload",
                about: "Announces a file that comes in pieces (`Upload-Length`, `Upload-Metadata: filename <base64>`, by the tus "
                    + "protocol), or has one fetched from a URL (a JSON body with `url`; with `Accept: text/event-stream` its progress is told).",
                tag: "Uploads", body: .json(Schemas.reference("UploadFromURL")), bodyIsOptional: true,
                answers: [
                    .init(
                        201, "Created; `Location` names it.", .json(Schemas.reference("Upload")),
                        .init(type: "text/event-stream", schema: ["type": "string"]))
                ], errors: [400, 403, 413, 415, 422, 502, 504, 507], handler: create),
            Route(
                .get, "/v1/uploads", operationID: "listUploads", summary: "Uploads",
                about: "The uploads of the caller's token that haven't expired.", tag: "Uploads",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("UploadList")))]
            ) { _, context, services in
                let uploads = await services.keptUploads.uploads(owner: context.keyName)
                return .json(["object": "list", "data": .array(uploads.map(object))])
            },
            Route(
                .get, "/v1/uploads/{id}", operationID: "retrieveUpload", summary: "Upload",
                about: "How far an upload has come; `HEAD` tells it in `Upload-Offset`.", tag: "Uploads", answers: upload, errors: [404]
            ) { _, context, services in
                let upload = try await services.keptUploads.upload(context.parameter("id"), owner: context.keyName)
                var response = Response.json(object(upload))
                response.headers.append(contentsOf: headers(upload))
                response.headers[.cacheControl] = "no-store"
                return response
            },
            Route(
                .patch, "/v1/uploads/{id}", operationID: "appendUpload", summary: "Append to upload",
                about: "Adds the body at `Upload-Offset`, which must be where the upload stands. What came before a break counts.",
                tag: "Uploads",
                body: .init(type: "application/offset+octet-stream", schema: ["type": "string", "format": "binary"]),
                answers: [.init(204, "Added; `Upload-Offset` says how far it has come.")],
                errors: [400, 404, 408, 409, 413, 415, 507], handler: append),
            Route(
                .delete, "/v1/uploads/{id}", operationID: "deleteUpload", summary: "Delete upload",
                about: "Deletes an upload, complete or not.", tag: "Uploads", answers: [.init(204, "Deleted")], errors: [404]
            ) { _, context, services in
                try await services.keptUploads.remove(context.parameter("id"), owner: context.keyName)
                return Response(status: .noContent, headers: [.tusResumable: version])
            },
            Route(
                .post, "/v1/uploads/{id}/plan", operationID: "planUpload", summary: "Sampling plan",
                about: "What a model would be shown of the video: how many frames, how large, at which times, and small pictures of some.",
                tag: "Uploads", body: .json(Schemas.reference("PlanRequest")), bodyIsOptional: true,
                answers: [.init(200, "Successful Response", .json(Schemas.reference("VideoPlan")))],
                errors: [400, 404, 409, 413, 415, 422, 429, 503, 504], handler: plan),
            Route(
                .get, "/v1/uploads/{id}/content", operationID: "uploadContent", summary: "Upload's content",
                about: "The file itself, whole or a range of it (`Range: bytes=…`).", tag: "Uploads",
                answers: [
                    .init(200, "The file", .init(type: "application/octet-stream", schema: ["type": "string", "format": "binary"])),
                    .init(206, "A part of it", .init(type: "application/octet-stream", schema: ["type": "string", "format": "binary"])),
                ], errors: [404, 409, 416], handler: content),
        ]
    }

    // MARK: Creating

    @Sendable private static func create(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        if request.headers[.uploadLength] == nil, (request.headers[.contentType] ?? "").lowercased().contains("json") {
            return try await fetch(request, context, services)
        }
        try checkVersion(request)
        let limit = services.configuration.server.maxUploadBytes
        guard let bytes = request.headers[.uploadLength].flatMap({ Int($0) }), bytes > 0 else {
            throw UploadError.invalidHeader(name: "Upload-Length", wanted: "the file's size in bytes, 1 or more")
        }
        if bytes > limit { throw GatewayError.uploadTooLarge(limit: limit) }
        let upload = try await services.keptUploads.create(
            name: try name(request.headers[.uploadMetadata]), bytes: bytes, owner: context.keyName)
        return created(upload)
    }

    private static func created(_ upload: UploadStore.Upload) -> Response {
        var response = Response.json(object(upload))
        response.status = .created
        response.headers.append(contentsOf: headers(upload))
        response.headers[.location] = "/v1/uploads/\(upload.id)"
        return response
    }

    /// The value of `filename` in `Upload-Metadata`: pairs of a key and base64 between commas.
    private static func name(_ metadata: String?) throws -> String {
        for pair in (metadata ?? "").split(separator: ",") {
            let pieces = pair.split(separator: " ")
            guard pieces.count == 2, pieces[0] == "filename" else { continue }
            guard let data = Data(base64Encoded: String(pieces[1])), let text = String(data: data, encoding: .utf8) else {
                throw UploadError.invalidHeader(name: "Upload-Metadata", wanted: "pairs of a key and base64, between commas")
            }
            return FileName.plain(text, otherwise: "video")
        }
        return "video"
    }

    // MARK: From a URL

    private static func fetch(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let url = fields.requiredString("url")
        if !url.isEmpty, !VideoRequest.isWebAddress(url) {
            fields.fault("url", "invalid_url", "'url' must be a URL that starts with http:// or https://.")
        }
        try fields.finish(.unprocessable)
        guard request.wantsEventStream else {
            return created(try await services.bounded(context) { try await fetched(url, context, services) { _ in } })
        }
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send("error", report.envelope(requestID: requestID))
        } _: { sink in
            let upload = try await fetched(url, context, services) { sink.send("progress", VideoAnswer.progress($0)) }
            sink.send("done", object(upload))
        }
    }

    private static func fetched(
        _ url: String, _ context: GatewayContext, _ services: GatewayServices, progress: @escaping ProgressHandler
    ) async throws -> UploadStore.Upload {
        let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
        defer { withExtendedLifetime(folder) {} }
        let file = try await services.dependencies.fetcher.fetch(
            url, into: folder.url, deadline: context.deadline.capped(at: services.configuration.fetch.timeout), progress: progress)
        let bytes = try await services.threads.run {
            guard let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize else { throw GatewayError.storageFailed }
            return size
        }
        guard bytes > 0 else {
            throw GatewayError.invalidFields(
                [FieldFault(param: "url", code: "empty_file", message: "The URL's file is empty.")], kind: .unprocessable)
        }
        let name = FileName.plain(URL(string: url)?.lastPathComponent ?? "", otherwise: "video")
        let upload = try await services.keptUploads.create(name: name, bytes: bytes, owner: context.keyName)
        let threads = services.threads
        return try await services.keptUploads.append(upload.id, owner: context.keyName, at: 0) { place, _ in
            try await threads.run {
                // Within one folder of the server's: a change of names, no copy.
                guard rename(file.path, place.path) == 0 else { throw GatewayError.storageFailed }
            }
        }
    }

    // MARK: Pieces

    @Sendable private static func append(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        try checkVersion(request)
        let type = "application/offset+octet-stream"
        guard request.headers[.contentType]?.lowercased() == type else { throw GatewayError.wrongContentType(expected: type) }
        guard let offset = request.headers[.uploadOffset].flatMap({ Int($0) }), offset >= 0 else {
            throw UploadError.invalidHeader(name: "Upload-Offset", wanted: "a number of bytes")
        }
        let upload = try await services.bounded(context, watchingCaller: false) {
            try await services.keptUploads.append(context.parameter("id"), owner: context.keyName, at: offset) { file, upload in
                let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
                if announced > upload.bytes - upload.offset { throw UploadError.tooLong(limit: upload.bytes) }
                let writer = try await PieceWriter(
                    file: file, creating: false, room: upload.bytes - upload.offset,
                    tooLarge: UploadError.tooLong(limit: upload.bytes), threads: services.threads)
                do {
                    try await BodyReader.fold(
                        request, context, idle: services.configuration.server.bodyIdleTimeout, into: ()
                    ) { _, piece in
                        try await writer.write(piece.readableBytesView)
                    }
                } catch {
                    await writer.close()
                    throw error
                }
                try await writer.finish(synced: true)
            }
        }
        return Response(status: .noContent, headers: headers(upload))
    }

    private static func checkVersion(_ request: Request) throws {
        guard request.headers[.tusResumable] == version else { throw UploadError.protocolVersion }
    }

    // MARK: Plan

    @Sendable private static func plan(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let object = try await BodyReader.optionalJSONObject(request, context, services)
        let (asked, thumbnails) = try VideoRequest.preview(object, services.configuration)
        let reading = try await services.keptUploads.read(context.parameter("id"), owner: context.keyName)
        defer { withExtendedLifetime(reading) {} }
        var question = VideoQuestion(source: .file(reading.file), sourceName: reading.upload.name, prompt: asked.prompt)
        question.sampling = asked.sampling
        question.evidence = asked.evidence
        question.model = asked.model
        let preview = try await services.bounded(context) { [question] in
            try await services.previews.withPlace(context.foundation) {
                try await services.dependencies.questions.preview(question, thumbnails: thumbnails, context: context.foundation)
            }
        }
        return .json(VideoAnswer.preview(preview))
    }

    // MARK: Content

    @Sendable private static func content(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let reading = try await services.keptUploads.read(context.parameter("id"), owner: context.keyName)
        return try await FileResponse.make(reading.file, bytes: reading.upload.bytes, request, context, services, holding: reading)
    }

    // MARK: Objects

    private static func object(_ upload: UploadStore.Upload) -> JSONValue {
        [
            "id": .string(upload.id), "object": "upload", "name": .string(upload.name), "bytes": .integer(upload.bytes),
            "offset": .integer(upload.offset), "complete": .bool(upload.isComplete),
            "expires": .string(upload.expires.formatted(.iso8601)),
        ]
    }

    private static func headers(_ upload: UploadStore.Upload) -> HTTPFields {
        [
            .tusResumable: version, .uploadOffset: String(upload.offset), .uploadLength: String(upload.bytes),
            .uploadExpires: httpDate(upload.expires),
        ]
    }

    /// RFC 9110, 5.6.7.
    private static func httpDate(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }
}
