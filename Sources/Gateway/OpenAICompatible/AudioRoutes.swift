import Foundations
import Media
import ModelHub

/// Speech to text and text to speech, as OpenAI's API has them (https://platform.openai.com/docs/api-reference/audio).
enum AudioRoutes {
    /// OpenAI's own names, for clients that can't be told another: the default model.
    private static let aliases: Set<String> = [
        "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "tts-1", "tts-1-hd", "gpt-4o-mini-tts",
    ]

    /// The model that a request means; `nil`: the default.
    static func model(_ name: String?) -> String? { name.flatMap { $0.isEmpty || aliases.contains($0) ? nil : $0 } }

    static func speech(_ services: GatewayServices) throws -> any SpeechDirectory {
        guard let speech = services.dependencies.speech else { throw ModelFailure.noSpeech }
        return speech
    }

    private static let sound: Route.Answer = {
        var answer = Route.Answer(200, "The sound; events with `stream_format: sse`.", .init(type: "text/event-stream", schema: ["type": "object"]))
        answer.content += AudioFormat.allCases.map { .init(type: $0.contentType, schema: ["type": "string", "format": "binary"]) }
        return answer
    }()

    static let routes = [
        Route(
            .post, "/v1/audio/transcriptions", operationID: "createTranscription", summary: "Transcription",
            about: "Writes down what is said in a sound or video file of any kind. Times, languages and confidences are the model's own; what it "
                + "doesn't say is null.", tag: "OpenAI",
            body: .init(type: "multipart/form-data", schema: Schemas.reference("TranscriptionRequest")),
            answers: [
                .init(
                    200, "The transcript, in the wanted form; events with `stream`.", .json(Schemas.reference("Transcription")),
                    .init(type: "text/plain", schema: ["type": "string"]),
                    .init(type: "text/vtt", schema: ["type": "string"]),
                    .init(type: "application/x-subrip", schema: ["type": "string"]),
                    .init(type: "text/event-stream", schema: ["type": "object"]))
            ],
            errors: [400, 404, 408, 413, 415, 422, 429, 502, 503, 504, 507], handler: AudioTranscription.handle),
        Route(
            .post, "/v1/audio/translations", operationID: "createTranslation", summary: "Translation",
            about: "No model of ours translates what it hears: transcribe, and ask a chat model.", tag: "OpenAI",
            body: .init(type: "multipart/form-data", schema: Schemas.reference("TranscriptionRequest")), answers: [], errors: [404]
        ) { _, _, _ in
            throw ErrorReport(
                .notFound, code: "model_not_suitable",
                "No model here translates what it hears. Use /v1/audio/transcriptions, and have a chat model translate the text.")
        },
        Route(
            .post, "/v1/audio/speech", operationID: "createSpeech", summary: "Speech",
            about: "Speaks a text. The sound streams, sentence after sentence.", tag: "OpenAI", body: .json(Schemas.reference("SpeechRequest")),
            answers: [sound],
            errors: [400, 404, 413, 415, 422, 429, 502, 503, 504], handler: AudioSpeech.handle),
    ]
}
