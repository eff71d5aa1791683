import Foundation
import Foundations
import Hummingbird
import ImageStudio

/// A form with a selfie, received. The picture is deleted when the form is let go of.
struct SelfieForm {
    static let face = NumericField.integer("face", 0...99, "Which face of several: the largest is 0")

    /// The form's other fields.
    let fields: FieldReader
    private let upload: FormUpload
    private let answering: StudioAnswering

    static func receive(_ request: Request, _ answering: StudioAnswering) async throws -> SelfieForm {
        let configuration = answering.services.configuration
        let limit = min(configuration.images.maxSelfieBytes, configuration.server.maxUploadBytes)
        let upload = try await FormUpload.receive(
            request, answering.context, answering.services, fields: ["selfie", "file"], maxFiles: 1, limit: limit,
            tooLarge: GatewayError.bodyTooLarge(limit: limit)
        ) {}
        // An empty form field is how browsers say "nothing".
        return SelfieForm(
            fields: FieldReader(upload.fields.filter { !$0.value.isEmpty }.mapValues(JSONValue.string)), upload: upload, answering: answering)
    }

    /// Reads the face in the picture.
    /// - Throws: what is wrong with the fields that were read so far; as `SelfieAnalyzer.analyze`.
    func analysis() async throws -> SelfieAnalysis {
        let index = fields.integer(Self.face)
        guard let file = upload.files.first?.url else {
            throw GatewayError.invalidFields(
                [FieldFault(param: "file", code: "missing", message: "A picture in the field 'selfie' or 'file' is required.")],
                kind: .invalidRequest)
        }
        try fields.finish(.unprocessable)
        let (context, services, studio) = (answering.context, answering.services, answering.studio)
        let data = try await services.threads.run { try Data(contentsOf: file) }
        return try await services.bounded(context) {
            try await studio.selfies.analyze(data, faceIndex: index, context: context.foundation)
        }
    }
}
