import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub
import Voice

/// Spoken conversations.
enum VoiceRoutes {
    private static let tag = "Voice"
    /// Bytes of a piece of live sound: half a minute.
    private static let maxPiece = 1 << 20

    static let routes = [
        Route(
            .get, "/v1/voices", operationID: "listVoices", summary: "Voices", about: "The models that hear and speak, the defaults first.", tag: tag,
            answers: [.init(200, "The models", .json(Schemas.reference("VoiceList")))], errors: [503]
        ) { _, _, services in
            let list = await (try AudioRoutes.speech(services)).speechModels()
            return .json(["models": models(list.synthesizers), "transcribers": models(list.transcribers)])
        },
        Route(
            .post, "/v1/voice/turn", operationID: "voiceTurn", summary: "Voice turn",
            about: "Hears a question, answers it and speaks the answer. With `Accept: text/event-stream` everything comes as it happens; with "
                + "`Accept: audio/*` the sound alone streams; else one document. A `conversation` is remembered.", tag: tag,
            body: .init(type: "multipart/form-data", schema: Schemas.reference("VoiceTurnRequest")),
            answers: [
                .init(
                    200, "The answer", .json(Schemas.reference("VoiceTurn")), .init(type: "text/event-stream", schema: ["type": "object"]),
                    .init(type: "audio/*", schema: ["type": "string", "format": "binary"]))
            ],
            errors: [400, 404, 408, 413, 415, 422, 429, 502, 503, 504, 507], handler: turn),
        Route(
            .post, "/v1/voice/live", operationID: "beginLive", summary: "Begin to listen",
            about: "Begins a transcription of sound that comes in pieces. It ends by itself when nothing comes for a minute.", tag: tag,
            body: .json(Schemas.object(["language": Schemas.orNull(Schemas.string), "transcriber": Schemas.orNull(Schemas.string)])),
            bodyIsOptional: true, answers: [.init(201, "Begun", .json(Schemas.reference("LiveTranscription")))], errors: [400, 404, 415, 422, 429, 503]
        ) { request, context, services in
            let fields = FieldReader(try await BodyReader.optionalJSONObject(request, context, services))
            let options = TranscriptionOptions(language: fields.string("language"))
            let model = AudioRoutes.model(fields.string("transcriber"))
            try fields.finish(.unprocessable)
            let transcriber = try await AudioRoutes.speech(services).transcriber(id: model, context: context.foundation)
            let id = try await services.listening.begin(transcriber, options, context.foundation)
            return .json(
                [
                    "id": .string(id), "sample_rate": .integer(SpeechTranscriber.sampleRate),
                    "expires_in_ms": .integer(Int(LiveTranscriptions.keep / .milliseconds(1))),
                ], status: .created)
        },
        Route(
            .post, "/v1/voice/live/{id}/sound", operationID: "addLiveSound", summary: "Add sound",
            about: "Takes the next piece of sound: 16 bits a sample, lowest byte first, mono, 16 000 samples a second. Pieces are numbered from 0; a "
                + "repeated one is answered as before.", tag: tag, queries: [.init("seq", ["type": "integer", "minimum": 0], "The piece's number.")],
            body: .init(type: "application/octet-stream", schema: ["type": "string", "format": "binary"]),
            answers: [.init(200, "What was heard", .json(Schemas.reference("LiveTranscript")))], errors: [404, 408, 409, 413, 422]
        ) { request, context, services in
            guard let number = LibraryRoutes.text("seq", request).flatMap({ Int($0) }), number >= 0 else {
                throw GatewayError.invalidFields(
                    [FieldFault(param: "seq", code: "missing", message: "The piece's number 'seq' is required: 0, 1, 2, …")], kind: .unprocessable)
            }
            let bytes = try await services.bounded(context, watchingCaller: false) {
                try await BodyReader.collect(request, context, limit: maxPiece, idle: services.configuration.server.bodyIdleTimeout)
            }
            let id = context.parameter("id")
            let answer = try await services.bounded(context) {
                try await services.listening.accept(bytes, number: number, of: id, owner: context.keyName)
            }
            return .json([
                "segments": .array(answer.segments.map { TranscriptDocument.segment($0, id: 0) }), "text": .string(answer.text),
                "seconds": .number(TranscriptDocument.rounded(answer.seconds)),
            ])
        },
        Route(
            .delete, "/v1/voice/live/{id}", operationID: "endLive", summary: "Stop listening", about: "Forgets what was heard.", tag: tag,
            answers: [.init(204, "Ended")], errors: [404]
        ) { _, context, services in
            try await services.listening.end(context.parameter("id"), owner: context.keyName)
            return Response(status: .noContent)
        },
        Route(
            .post, "/v1/telegram/webhook", operationID: "telegramWebhook", summary: "Telegram's updates",
            about: "Where Telegram brings messages. Wants Telegram's secret instead of a token.", tag: tag, body: .json(["type": "object"]),
            answers: [.init(200, "Received", .json(["type": "object"]))], errors: [400, 401, 404, 413, 415, 422, 503], isAnonymous: true
        ) { request, context, services in
            guard let webhook = services.dependencies.telegram else { throw GatewayError.noSuchRoute }
            let update = JSONValue.object(try await BodyReader.jsonObject(request, context, services))
            try await webhook.accept(update, secret: HTTPField.Name("X-Telegram-Bot-Api-Secret-Token").flatMap { request.headers[$0] })
            return .json([:])
        },
    ]

    private static func models(_ entries: [SpeechModelList.Entry]) -> JSONValue {
        .array(
            entries.enumerated().map { place, entry in
                [
                    "id": .string(entry.id), "languages": .array(entry.languages.map(JSONValue.string)),
                    "voices": .array(entry.voices.map(JSONValue.string)), "default": .bool(place == 0),
                ]
            })
    }

    @Sendable private static func turn(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        guard let runner = services.dependencies.voice else { throw ModelFailure.noSpeech }
        try await services.speechGate.check(context.foundation)
        let wantsSound = VoiceTurnAnswer.wantsSound(request)
        let maxText = services.configuration.speech.maxCharacters
        var asked: VoiceTurnRequest
        var input: VoiceTurn.Input?
        var holding: (any Sendable)?
        if (request.headers[.contentType] ?? "").lowercased().hasPrefix("application/json") {
            asked = try VoiceTurnRequest(FieldReader(try await BodyReader.jsonObject(request, context, services)), hasFile: false, wantsSound: wantsSound, maxText: maxText)
        } else {
            let upload = try await FormUpload.receive(
                request, context, services, fields: ["file"], maxFiles: 1,
                tooLarge: GatewayError.uploadTooLarge(limit: services.configuration.server.maxUploadBytes)
            ) {}
            // An empty form field is how browsers say "nothing".
            let fields = upload.fields.filter { !$0.value.isEmpty }.mapValues(JSONValue.string)
            asked = try VoiceTurnRequest(FieldReader(fields), hasFile: !upload.files.isEmpty, wantsSound: wantsSound, maxText: maxText)
            if let file = upload.files.first {
                if file.bytes == 0 { throw AudioTranscription.emptyFile }
                input = .file(file.url)
                holding = upload.folder
            }
        }
        if let text = asked.text { input = .text(text) }
        if let live = asked.live {
            let heard = try await services.bounded(context) { try await services.listening.finish(live, owner: context.keyName) }
            input = .transcript(heard.transcript)
            asked.transcriber = heard.transcriber
        }
        guard let input else { throw AudioTranscription.missingFile(.unprocessable) }
        return try await VoiceTurnAnswer(
            asked: asked, input: input, holding: holding, runner: runner, context: context, services: services
        ).response(request)
    }
}
