import Expressions
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import VideoAnalysis

/// Expression features of the library's videos.
package enum ExpressionRoutes {
    private static let tag = "Expressions"

    package static func routes() -> [Route] {
        let path = "/api/videos/{path}/expressions"
        return [
            Route(
                .get, "/api/expressions/options", operationID: "expressionOptions", summary: "Choices",
                about: "The models that judge expressions, and how features can be measured.", tag: tag,
                answers: [LibraryRoutes.answer("ExpressionOptions")], errors: [503]
            ) { _, _, services in
                .json(try await expressions(services).options())
            },
            Route(
                .post, path, operationID: "computeExpressions", summary: "Compute expressions",
                about: "Begins to measure the movements of the face in a video, as a job of the kind `expressions`. With an `Idempotency-Key` the "
                    + "same request again gives the same job.",
                tag: tag, body: .json(Schemas.reference("ExpressionRequest")), bodyIsOptional: true,
                answers: [.init(200, "Begun", .json(Schemas.object(["job_id": Schemas.integer, "status": Schemas.choice(["started"])])))],
                errors: [400, 404, 409, 413, 415, 422, 429, 503], handler: compute),
            Route(
                .get, path, operationID: "retrieveExpressions", summary: "Expressions",
                about: "What was measured: the report, series over time (thinned beyond 2000 rows), and the model's judgement where one was asked for.",
                tag: tag, answers: [LibraryRoutes.answer("Expressions")], errors: [404, 503]
            ) { _, context, services in
                let video = try await video(context, services)
                return .json(try await expressions(services).result(of: video.path))
            },
            Route(
                .delete, path, operationID: "deleteExpressions", summary: "Delete expressions",
                about: "Deletes all that was measured of the face in a video, and stops what is being measured.", tag: tag,
                answers: [.init(204, "Deleted")], errors: [404, 503]
            ) { _, context, services in
                let video = try await video(context, services)
                try await expressions(services).remove(video.path)
                return Response(status: .noContent)
            },
            Route(
                .get, path + "/vectors", operationID: "expressionVectors", summary: "Vectors",
                about: "The boxes of the regions and the motions of all blocks in a span of time, of 30 s at most; both ends count.", tag: tag,
                queries: [
                    .init("from", ["type": "number", "minimum": 0], "Seconds."), .init("to", ["type": "number", "minimum": 0], "Seconds."),
                ], answers: [LibraryRoutes.answer("ExpressionVectors")], errors: [404, 422, 503]
            ) { request, context, services in
                let video = try await video(context, services)
                let from = try seconds("from", 0, request)
                return .json(try await expressions(services).vectors(of: video.path, from: from, to: try seconds("to", from + 10, request)))
            },
            Route(
                .get, path + "/features", operationID: "expressionFeatures", summary: "Feature file",
                about: "All rows with all features, as a file.", tag: tag,
                queries: [.init("format", Schemas.choice(FeatureFormat.allCases.map(\.rawValue)), "The file's form; csv without it.")],
                answers: [.init(200, "The file", .init(type: "application/octet-stream", schema: ["type": "string", "format": "binary"]))],
                errors: [404, 422, 503, 507], handler: features),
            Route(
                .get, path + "/overlay", operationID: "expressionOverlay", summary: "Overlay video",
                about: "The video with regions and motions drawn in; ranges are served.", tag: tag,
                answers: [.init(200, "The video", .init(type: "video/mp4", schema: ["type": "string", "format": "binary"]))], errors: [404, 503]
            ) { request, context, services in
                let video = try await video(context, services)
                let overlay = try await expressions(services).overlay(of: video.path)
                let size = try await services.threads.run { try overlay.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
                return try await FileResponse.make(overlay, bytes: size, request, context, services)
            },
        ]
    }

    private static func expressions(_ services: GatewayServices) throws -> ExpressionLibrary {
        guard let expressions = services.dependencies.expressions else { throw GatewayError.noLibrary }
        return expressions
    }

    private static func video(_ context: GatewayContext, _ services: GatewayServices) async throws -> LibraryVideo {
        try await LibraryRoutes.library(services).video(context.parameter("path"))
    }

    private static func seconds(_ name: String, _ fallback: Double, _ request: Request) throws -> Double {
        guard let text = LibraryRoutes.text(name, request) else { return fallback }
        guard let number = Double(text), number.isFinite else { throw LibraryError.outOfRange(field: name, allowed: "a number of seconds") }
        return number
    }

    @Sendable private static func compute(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let fields = FieldReader(try await BodyReader.optionalJSONObject(request, context, services))
        let settings = services.configuration.expressions
        let options = ExpressionOptions(
            estimator: fields.choice("estimator", of: MotionEstimator.self) ?? settings.estimator,
            detection: fields.choice("detection", of: DetectionMode.self) ?? settings.detection, withFlow: fields.bool("flow") ?? false)
        let model = fields.string("model")
        let withOverlay = fields.bool("overlay") ?? false
        try fields.finish(.unprocessable)
        let video = try await video(context, services)
        let job = try await expressions(services).compute(
            video.path, options, model: model, withOverlay: withOverlay, owner: context.keyName, idempotencyKey: request.headers[.idempotencyKey])
        return .json(["job_id": .integer(Int(job.id)), "status": "started"])
    }

    @Sendable private static func features(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        guard let format = FeatureFormat(rawValue: LibraryRoutes.text("format", request) ?? "csv") else {
            throw LibraryError.outOfRange(field: "format", allowed: FeatureFormat.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let video = try await video(context, services)
        let folder = try await TemporaryFolder.make(in: services.uploads, services.threads)
        let file = folder.url.appending(path: "features")
        try await expressions(services).write(format, of: video.path, to: file)
        let size = try await services.threads.run { try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
        var response = try await FileResponse.make(file, bytes: size, request, context, services, holding: folder)
        response.headers[.contentType] = format.contentType
        response.headers[.cacheControl] = "no-store"
        response.headers[.contentDisposition] = LibraryObjects.attachment((video.path as NSString).lastPathComponent + ".expressions." + format.rawValue)
        return response
    }
}
