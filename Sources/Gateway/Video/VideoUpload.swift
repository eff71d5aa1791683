import Foundations
import Hummingbird

/// A form with a video, received: the file on disk, the other fields in memory.
package struct VideoUpload: Sendable {
    package var folder: TemporaryFolder
    package var file: FormUpload.File?
    package var fields: [String: String]

    /// Streams the request's form to disk.
    /// - Throws: `uploadTooLarge` before anything is read where the announced length says so; a `MultipartFault`;
    ///   `storageFull`; `bodyIdle`.
    package static func receive(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> VideoUpload {
        let limit = services.configuration.server.maxUploadBytes
        let form = try await FormUpload.receive(
            request, context, services, fields: ["video"], maxFiles: 1, tooLarge: GatewayError.uploadTooLarge(limit: limit)
        ) {
            try await services.gate.check(context.foundation)
        }
        return VideoUpload(folder: form.folder, file: form.files.first, fields: form.fields)
    }
}
