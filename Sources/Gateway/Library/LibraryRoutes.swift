import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Jobs
import VideoAnalysis

/// The library of videos: what there is, and what was found in it.
package enum LibraryRoutes {
    private static let tag = "Library"
    private static let largestPage = 1000

    package static func routes() -> [Route] { videoRoutes() + fileRoutes() + timestampRoutes() + analysisRoutes() + settingsRoutes() }

    static func answer(_ schema: String, _ about: String = "Successful Response", status: Int = 200) -> Route.Answer {
        .init(status, about, .json(Schemas.reference(schema)))
    }

    private static let message = Route.Answer(200, "Done", .json(Schemas.object(["message": Schemas.string])))
    private static let badBody = [400, 413, 415, 422]

    static func library(_ services: GatewayServices) throws -> VideoLibrary {
        guard let library = services.dependencies.library else { throw GatewayError.noLibrary }
        return library
    }

    private static func done(_ message: String) -> Response { .json(["message": .string(message)]) }

    static func page(_ request: Request) throws -> (skip: Int, limit: Int) {
        (try number("skip", 0, 0...10_000_000, request), try number("limit", 100, 1...largestPage, request))
    }

    static func number(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>, _ request: Request) throws -> Int {
        guard let text = request.uri.queryParameters[Substring(name)] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw LibraryError.outOfRange(field: name, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func text(_ name: String, _ request: Request) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init).flatMap { $0.isEmpty ? nil : $0 }
    }

    static let pageQueries = [
        Route.Query("skip", ["type": "integer", "minimum": 0], "How many to pass over."),
        Route.Query("limit", ["type": "integer", "minimum": 1, "maximum": .integer(largestPage)], "The most to give."),
    ]

    // MARK: Videos

    private static func videoRoutes() -> [Route] {
        [
            Route(
                .get, "/api/videos", operationID: "listVideos", summary: "Videos",
                about: "The videos of the library with their newest analyses; `X-Total-Count` says how many there are in all.", tag: tag,
                queries: [
                    .init("search", Schemas.string, "Part of a title, a path or a tag."),
                    .init("status", Schemas.choice(JobState.allCases.map(\.rawValue) + ["none"]), "How the newest analysis is."),
                    .init("sort", Schemas.choice(["position", "title", "created", "duration"]), "The order."),
                ] + pageQueries,
                answers: [.init(200, "Successful Response", .json(Schemas.list(Schemas.reference("LibraryVideo"))))], errors: [422, 503]
            ) { request, _, services in
                let (skip, limit) = try page(request)
                let (videos, total) = try await library(services).videos(
                    search: text("search", request), status: text("status", request), sort: text("sort", request) ?? "position", skip: skip, limit: limit)
                var response = Response.json(.array(try await objects(videos, services)))
                response.headers[.totalCount] = String(total)
                return response
            },
            Route(
                .post, "/api/videos", operationID: "addVideo", summary: "Add video",
                about: "Adds a video by its `path` inside one of `library.roots`, from a complete upload (`upload`: its id), or from a URL "
                    + "(`url`: fetched as a job, which the answer then is). A file beside it that ends in `.AI.json` brings its tags.",
                tag: tag, body: .json(Schemas.reference("NewVideo")),
                answers: [answer("LibraryVideo"), answer("Job", "The fetch has begun.", status: 202)], errors: badBody + [404, 409, 429, 503, 507],
                handler: add),
            Route(
                .get, "/api/videos/{path}", operationID: "retrieveVideo", summary: "Video",
                about: "One video. Its path is percent-encoded; slashes may stay as they are.", tag: tag, answers: [answer("LibraryVideo")],
                errors: [404, 503]
            ) { _, context, services in
                .json(try await object(try await library(services).video(context.parameter("path")), services))
            },
            Route(
                .patch, "/api/videos/{path}", operationID: "renameVideo", summary: "Rename video", about: "Gives a video another title.", tag: tag,
                body: .json(Schemas.object(["title": ["type": "string", "minLength": 1, "maxLength": .integer(LibraryVideo.maxTitle)]])), answers: [answer("LibraryVideo")],
                errors: badBody + [404, 503]
            ) { request, context, services in
                let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
                let title = fields.requiredString("title")
                try fields.finish(.unprocessable)
                return .json(try await object(try await library(services).rename(context.parameter("path"), to: title), services))
            },
            Route(
                .delete, "/api/videos/{path}", operationID: "removeVideo", summary: "Remove video",
                about: "Takes a video out of the library, with its tags and jobs; a running analysis is stopped. The file itself is only "
                    + "deleted when it was uploaded or fetched.", tag: tag, answers: [message], errors: [404, 503]
            ) { _, context, services in
                let video = try await library(services).video(context.parameter("path"))
                // What was computed of a face goes with the video.
                try? await services.dependencies.expressions?.remove(video.path)
                try await library(services).remove(video.path)
                return done("Video removed")
            },
            Route(
                .put, "/api/videos/{path}/move-to-front", operationID: "moveVideoToFront", summary: "Move to front",
                about: "Puts a video before all others.", tag: tag, answers: [answer("LibraryVideo")], errors: [404, 503]
            ) { _, context, services in
                .json(try await object(try await library(services).moveToFront(context.parameter("path")), services))
            },
        ]
    }

    private static func object(_ video: LibraryVideo, _ services: GatewayServices) async throws -> JSONValue {
        try await objects([video], services).first ?? .null
    }

    private static func objects(_ videos: [LibraryVideo], _ services: GatewayServices) async throws -> [JSONValue] {
        let library = try library(services)
        let jobs = try await library.newestJobs(of: videos)
        let available = await library.available(videos)
        return videos.map { LibraryObjects.video($0, job: jobs[$0.path], isAvailable: available.contains($0.path)) }
    }

    @Sendable private static func add(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let library = try library(services)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let sources = ["path", "upload", "url"].compactMap { name in fields.string(name).map { (name, $0) } }
        if sources.count != 1 { fields.fault("path", "one_source", "Give one of 'path', 'upload' and 'url'.") }
        let title = fields.string("title")
        if let url = sources.first(where: { $0.0 == "url" })?.1, !VideoRequest.isWebAddress(url) {
            fields.fault("url", "invalid_url", "'url' must be a URL that starts with http:// or https://.")
        }
        try fields.finish(.unprocessable)
        guard let (kind, value) = sources.first else { throw LibraryError.noSuchFile }
        if kind == "url" {
            var response = Response.json(JobDocument.json(try await library.add(url: value, title: title, owner: context.keyName)))
            response.status = .accepted
            return response
        }
        let video = try await services.bounded(context) {
            if kind == "path" { return try await library.add(path: value, title: title) }
            let reading = try await services.keptUploads.read(value, owner: context.keyName)
            defer { withExtendedLifetime(reading) {} }
            return try await library.add(file: reading.file, name: reading.upload.name, title: title)
        }
        return .json(try await object(video, services))
    }

    // MARK: Files

    private static func fileRoutes() -> [Route] {
        let binary: JSONValue = ["type": "string", "format": "binary"]
        return [
            Route(
                .get, "/api/videos/{path}/thumbnail", operationID: "videoThumbnail", summary: "Thumbnail",
                about: "A small picture of the video, or of one moment of it.", tag: tag,
                queries: [
                    .init("time", ["type": "number", "minimum": 0], "Seconds."),
                    .init("height", ["type": "integer", "minimum": 32, "maximum": 1080], "Pixels."),
                ],
                answers: [.init(200, "The picture", .init(type: "image/jpeg", schema: binary))], errors: [404, 422, 429, 503]
            ) { request, context, services in
                let height = try number("height", 180, 32...1080, request)
                let time = try text("time", request).map { text in
                    guard let time = Double(text), time.isFinite, time >= 0 else { throw LibraryError.outOfRange(field: "time", allowed: "seconds from 0 on") }
                    return time
                }
                let library = try library(services)
                let jpeg = try await services.bounded(context) {
                    try await services.previews.withPlace(context.foundation) {
                        try await library.thumbnail(of: context.parameter("path"), at: time, height: height)
                    }
                }
                return Response(
                    status: .ok, headers: [.contentType: "image/jpeg", .cacheControl: "private, max-age=3600"],
                    body: .init(byteBuffer: .init(bytes: jpeg)))
            },
            Route(
                .get, "/api/videos/{path}/content", operationID: "videoContent", summary: "Video's content",
                about: "The file itself, whole or a range of it (`Range: bytes=…`).", tag: tag,
                answers: [
                    .init(200, "The file", .init(type: "application/octet-stream", schema: binary)),
                    .init(206, "A part of it", .init(type: "application/octet-stream", schema: binary)),
                ], errors: [404, 416, 503]
            ) { request, context, services in
                let file = try await library(services).content(of: context.parameter("path"))
                let size = try await services.threads.run {
                    guard let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize, size > 0 else { throw LibraryError.noSuchFile }
                    return size
                }
                return try await FileResponse.make(file, bytes: size, request, context, services)
            },
            Route(
                .get, "/api/roots", operationID: "listRoots", summary: "Library folders", about: "The folders whose videos may be added.", tag: tag,
                answers: [.init(200, "Successful Response", .json(Schemas.object(["roots": Schemas.list(Schemas.object(["path": Schemas.string, "name": Schemas.string]))])))],
                errors: [503]
            ) { _, _, services in
                let roots = try library(services).roots.folders.map { path -> JSONValue in
                    ["path": .string(path), "name": .string((path as NSString).lastPathComponent)]
                }
                return .json(["roots": .array(roots)])
            },
            Route(
                .get, "/api/roots/files", operationID: "listRootFiles", summary: "Files of a folder",
                about: "The folders and videos in a folder inside `library.roots`.", tag: tag,
                queries: [.init("path", Schemas.string, "The folder.")], answers: [answer("FolderListing")], errors: [404, 422, 503]
            ) { request, _, services in
                guard let path = text("path", request) else { throw LibraryError.outOfRange(field: "path", allowed: "a folder") }
                let (listing, known) = try await library(services).folder(path)
                return .json([
                    "path": .string(listing.path), "folders": .array(listing.folders.map(JSONValue.string)),
                    "files": .array(
                        listing.files.map {
                            ["name": .string($0.name), "path": .string($0.path), "size": .integer(Int($0.bytes)), "registered": .bool(known.contains($0.path))]
                        }),
                ])
            },
        ]
    }

    // MARK: Timestamps

    private static func timestampRoutes() -> [Route] {
        let body = Route.Content.json(Schemas.reference("NewTimestamp"))
        return [
            Route(
                .get, "/api/videos/{path}/timestamps", operationID: "listTimestamps", summary: "Timestamps", about: "The tags of a video over time.",
                tag: tag, answers: [.init(200, "Successful Response", .json(Schemas.list(Schemas.reference("Timestamp"))))], errors: [404, 503]
            ) { _, context, services in
                let video = try await library(services).video(context.parameter("path"))
                let stamps = try await library(services).timestamps(of: video.path)
                return .json(.array(stamps.map { LibraryObjects.timestamp($0, of: video.path) }))
            },
            Route(
                .post, "/api/videos/{path}/timestamps", operationID: "addTimestamp", summary: "Add timestamp",
                about: "Gives a stretch of a video, or a moment, a tag. Analyses leave it alone.", tag: tag, body: body, answers: [answer("Timestamp")],
                errors: badBody + [404, 503]
            ) { request, context, services in
                let stamp = try LibraryBodies.timestamp(try await BodyReader.jsonObject(request, context, services))
                let video = try await library(services).video(context.parameter("path"))
                return .json(LibraryObjects.timestamp(try await library(services).add(stamp, to: video.path), of: video.path))
            },
            Route(
                .put, "/api/videos/{path}/timestamps/{id}", operationID: "changeTimestamp", summary: "Change timestamp",
                about: "Changes one; from then on it counts as made by hand.", tag: tag, body: body, answers: [answer("Timestamp")],
                errors: badBody + [404, 503]
            ) { request, context, services in
                var stamp = try LibraryBodies.timestamp(try await BodyReader.jsonObject(request, context, services))
                stamp.id = try id(context)
                let video = try await library(services).video(context.parameter("path"))
                return .json(LibraryObjects.timestamp(try await library(services).change(stamp, of: video.path), of: video.path))
            },
            Route(
                .delete, "/api/videos/{path}/timestamps/{id}", operationID: "removeTimestamp", summary: "Remove timestamp", about: "Removes one.",
                tag: tag, answers: [message], errors: [404, 422, 503]
            ) { _, context, services in
                try await library(services).removeTimestamp(try id(context), of: context.parameter("path"))
                return done("Timestamp removed")
            },
            Route(
                .get, "/api/videos/{path}/timeline", operationID: "videoTimeline", summary: "Timeline",
                about: "What was said, written, seen and cut in a video, with times, and the stretches that no analysis could judge.", tag: tag,
                answers: [answer("Timeline")], errors: [404, 503]
            ) { _, context, services in
                .json(LibraryObjects.timeline(try await library(services).timeline(of: context.parameter("path"))))
            },
            Route(
                .get, "/api/videos/{path}/export", operationID: "exportVideo", summary: "Export",
                about: "The tags over time as an `.AI.json` document, as WebVTT chapters, or as CSV.", tag: tag,
                queries: [.init("format", Schemas.choice(Export.allCases.map(\.rawValue)), "json by default.")],
                answers: [
                    .init(
                        200, "The file", .json(Schemas.anyObject), .init(type: "text/vtt", schema: Schemas.string),
                        .init(type: "text/csv", schema: Schemas.string))
                ], errors: [404, 422, 503], handler: export),
            Route(
                .get, "/api/search", operationID: "searchLibrary", summary: "Search",
                about: "Finds a text in tags, titles, and what was said, written or seen.", tag: tag,
                queries: [
                    .init("q", ["type": "string", "minLength": 1, "maxLength": 200], "What to find."),
                    .init("kinds", Schemas.string, "tag, title, transcript, screen_text, object, scene, between commas; all by default."),
                    .init("limit", ["type": "integer", "minimum": 1, "maximum": 500], "The most to give."),
                ],
                answers: [.init(200, "Successful Response", .json(Schemas.object(["hits": Schemas.list(Schemas.reference("LibraryHit"))])))],
                errors: [422, 503]
            ) { request, _, services in
                let kinds = Set((text("kinds", request) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
                let hits = try await library(services).search(
                    text("q", request) ?? "", kinds: kinds, limit: try number("limit", 50, 1...500, request))
                return .json(["hits": .array(hits.map(LibraryObjects.hit))])
            },
        ]
    }

    /// The number in a path.
    static func id(_ context: GatewayContext) throws -> Int64 {
        guard let id = Int64(context.parameter("id")) else { throw LibraryError.outOfRange(field: "id", allowed: "a whole number") }
        return id
    }

    private enum Export: String, CaseIterable { case json, vtt, csv }

    @Sendable private static func export(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let library = try library(services)
        guard let format = Export(rawValue: text("format", request) ?? "json") else {
            throw LibraryError.outOfRange(field: "format", allowed: Export.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let video = try await library.video(context.parameter("path"))
        let (type, ending, data): (String, String, Data)
        switch format {
        case .json: (type, ending, data) = ("application/json", SideCar.suffix, try await library.sideCar(of: video.path).encoded(pretty: true))
        case .vtt:
            let text = TimelineExport.webVTT(try await library.timestamps(of: video.path), duration: video.duration)
            (type, ending, data) = ("text/vtt; charset=utf-8", ".vtt", Data(text.utf8))
        case .csv: (type, ending, data) = ("text/csv; charset=utf-8", ".csv", Data(TimelineExport.csv(try await library.timestamps(of: video.path)).utf8))
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-store",
                .contentDisposition: LibraryObjects.attachment((video.path as NSString).lastPathComponent + ending),
            ], body: .init(byteBuffer: .init(bytes: data)))
    }

    // MARK: Analyses

    private static func analysisRoutes() -> [Route] {
        [
            Route(
                .post, "/api/videos/{path}/analyze", operationID: "analyzeVideo", summary: "Analyze",
                about: "Begins to look for tags over time, as a job. With an `Idempotency-Key` the same request again gives the same job.", tag: tag,
                body: .json(Schemas.reference("AnalysisOptions")), bodyIsOptional: true,
                answers: [.init(200, "Begun", .json(Schemas.object(["job_id": Schemas.integer, "status": Schemas.choice(["started"])])))],
                errors: badBody + [404, 429, 503]
            ) { request, context, services in
                let fields = FieldReader(try await BodyReader.optionalJSONObject(request, context, services))
                let (changes, priority) = LibraryBodies.changes(fields)
                try fields.finish(.unprocessable)
                let job = try await library(services).analyse(
                    context.parameter("path"), changes, owner: context.keyName, priority: priority, idempotencyKey: request.headers[.idempotencyKey])
                return .json(["job_id": .integer(Int(job.id)), "status": "started"])
            },
            Route(
                .post, "/api/batches", operationID: "analyzeVideos", summary: "Analyze several",
                about: "Begins the analyses of several videos (`paths`), or of all (`all`). Those that can't begin are listed with the reason.", tag: tag,
                body: .json(Schemas.reference("BatchOptions")), answers: [answer("Batch")], errors: badBody + [429, 503]
            ) { request, context, services in
                let object = try await BodyReader.jsonObject(request, context, services)
                let fields = FieldReader(object)
                let (changes, priority) = LibraryBodies.changes(fields)
                let paths = object["paths"]?.arrayValue?.compactMap(\.stringValue)
                if paths == nil, fields.bool("all") != true { fields.fault("paths", "missing", "Give 'paths', or 'all': true.") }
                try fields.finish(.unprocessable)
                let library = try library(services)
                let batch = try await services.bounded(context) {
                    try await library.analyse(paths, changes, owner: context.keyName, priority: priority)
                }
                return .json([
                    "batch": .string(batch.id),
                    "jobs": .array(batch.jobs.map { ["video_path": $0.subject.map(JSONValue.string) ?? .null, "job_id": .integer(Int($0.id))] }),
                    "refused": .array(
                        batch.refused.map { ["video_path": .string($0.path), "code": .string($0.report.code), "message": .string($0.report.message)] }),
                ])
            },
            Route(
                .get, "/api/videos/{path}/jobs", operationID: "listVideoJobs", summary: "Video's jobs", about: "The analyses of a video, newest first.",
                tag: tag, answers: [.init(200, "Successful Response", .json(Schemas.list(Schemas.reference("Job"))))], errors: [404, 503]
            ) { _, context, services in
                let video = try await library(services).video(context.parameter("path"))
                return .json(.array(try await library(services).jobs(of: video.path).map(JobDocument.json)))
            },
        ]
    }

    // MARK: Settings

    private static func settingsRoutes() -> [Route] {
        [
            Route(
                .get, "/api/config", operationID: "librarySettings", summary: "Library settings", about: "The tags that are looked for, and how.", tag: tag,
                answers: [answer("LibrarySettings")], errors: [503]
            ) { _, _, services in
                let (settings, updated) = try await library(services).settings()
                return .json(LibraryObjects.settings(settings, updated: updated))
            },
            Route(
                .put, "/api/config", operationID: "changeLibrarySettings", summary: "Change library settings",
                about: "Sets the tags and the manner of later analyses; those that have begun go on as they are.", tag: tag,
                body: .json(Schemas.reference("NewLibrarySettings")), answers: [answer("LibrarySettings")], errors: badBody + [403, 503]
            ) { request, context, services in
                try services.requireAdmin(context.keyName)
                let library = try library(services)
                let object = try await BodyReader.jsonObject(request, context, services)
                try await library.save(try LibraryBodies.settings(object, try await library.settings().settings))
                let (settings, updated) = try await library.settings()
                return .json(LibraryObjects.settings(settings, updated: updated))
            },
            Route(
                .get, "/api/config/available-models", operationID: "libraryModels", summary: "Models for analyses",
                about: "What can look for tags: `auto` takes a model that sees where there is one, else the `detector`.", tag: tag,
                answers: [.init(200, "Successful Response", .json(Schemas.object(["models": Schemas.list(Schemas.string)])))], errors: [503]
            ) { _, _, services in
                .json(["models": .array(try await library(services).availableModels().map(JSONValue.string))])
            },
        ]
    }
}
