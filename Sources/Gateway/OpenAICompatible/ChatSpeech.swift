import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Writes down what is said in a recording, for models that don't hear.
struct ChatSpeech: Sendable {
    let services: GatewayServices

    /// - Parameter path: where the recording stands in the request, for messages about it.
    /// - Throws: `MediaError`, what the transcriber throws; `invalidFields` (422) when there is no sound or nobody speaks.
    func words(in recording: Data, _ path: String, context: Foundations.RequestContext) async throws -> String {
        guard let speech = services.dependencies.speech else { throw GatewayError.soundNotHeard }
        let file = try await MediaFile.open(.data(recording), limits: services.configuration.media)
        guard let sound = try await file.audio(sampleRate: 16_000) else {
            throw Self.unusable(path, "no_sound", "There is no sound in this recording.")
        }
        let transcriber = try await speech.transcriber(id: nil, context: context)
        let words = try await transcriber.transcribe(
            sound, options: TranscriptionOptions(), context: context, heard: nil, progress: nil
        ).text.trimmingCharacters(in: .whitespacesAndNewlines)
        if words.isEmpty { throw Self.unusable(path, "no_speech", "Nobody speaks in this recording, and the model hears words only.") }
        return words
    }

    private static func unusable(_ path: String, _ code: String, _ message: String) -> GatewayError {
        .invalidFields([FieldFault(param: path, code: code, message: message)], kind: .unprocessable)
    }
}
