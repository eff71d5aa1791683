import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// Pictures behind URLs. A name is a secret: whoever knows it needs no key, as OpenAI's clients and browsers have none to send.
enum PictureFileRoutes {
    private static let path = PictureFiles.prefix + "{name}"

    static let routes = [
        Route(
            .get, path, operationID: "retrievePicture", summary: "Picture", about: "A picture by the URL of an answer, until its time is up.",
            tag: "Images", answers: [.init(200, "The picture", .init(type: "image/png", schema: ["type": "string", "format": "binary"]))],
            errors: [404], isAnonymous: true
        ) { request, context, services in
            guard let studio = services.dependencies.studio else { throw PictureFilesError.notFound }
            let (file, bytes) = try await studio.files.file(context.parameter("name"))
            return try await FileResponse.make(file, bytes: bytes, request, context, services)
        },
        Route(
            .delete, path, operationID: "deletePicture", summary: "Delete picture", about: "Deletes a picture before its time is up.", tag: "Images",
            answers: [.init(204, "Deleted")], errors: [404]
        ) { _, context, services in
            guard let studio = services.dependencies.studio else { throw PictureFilesError.notFound }
            try await studio.files.remove(context.parameter("name"))
            return Response(status: .noContent)
        },
    ]
}
