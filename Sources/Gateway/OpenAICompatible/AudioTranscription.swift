import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Media
import ModelHub
import NIOCore
import Voice

/// `/v1/audio/transcriptions`.
enum AudioTranscription {
    private enum Form: String, CaseIterable {
        case json, text, srt, vtt
        case verboseJSON = "verbose_json"
    }

    private struct Wishes: Sendable {
        var model: String?
        var form = Form.json
        var options = TranscriptionOptions()
        var streams = false

        init(_ fields: [String: String]) throws {
            let list = "timestamp_granularities[]"
            let granularities = (fields[list] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            // An empty form field is how browsers say "nothing".
            let reader = FieldReader(fields.filter { !$0.value.isEmpty }.mapValues(JSONValue.string))
            model = AudioRoutes.model(reader.string("model"))
            form = reader.choice("response_format", of: Form.self) ?? .json
            streams = reader.bool("stream") ?? false
            _ = reader.number(.number("temperature", 0...1, "Passed over: local models take the likeliest word"))
            options = TranscriptionOptions(
                language: reader.string("language"), prompt: reader.string("prompt"), wantsWords: granularities.contains("word"))
            if !AudioTranscription.isLanguage(options.language) {
                reader.fault("language", "invalid_language", "'language' must be a code such as en.")
            }
            if granularities.contains(where: { !["word", "segment"].contains($0) }) {
                reader.fault(list, "unknown_value", "'\(list)' must be one of: word, segment.")
            } else if !granularities.isEmpty, form != .verboseJSON {
                reader.fault(list, "conflict", "'\(list)' needs 'response_format' verbose_json.")
            }
            if streams, form != .json, form != .text { reader.fault("stream", "conflict", "'stream' needs 'response_format' json or text.") }
            try reader.finish(.invalidRequest)
        }
    }

    @Sendable static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let speech = try AudioRoutes.speech(services)
        let upload = try await FormUpload.receive(
            request, context, services, fields: ["file"], maxFiles: 1,
            tooLarge: GatewayError.uploadTooLarge(limit: services.configuration.server.maxUploadBytes)
        ) {
            try await services.speechGate.check(context.foundation)
        }
        let wishes = try Wishes(upload.fields)
        guard let file = upload.files.first else { throw missingFile(.invalidRequest) }
        if file.bytes == 0 { throw emptyFile }
        let model = try await speech.transcriber(id: wishes.model, context: context.foundation)
        context.record.update { $0.model = model.id }
        let audio = try await services.bounded(context) {
            try await SoundReader.read(
                .file(file.url), limits: services.configuration.media, maxSeconds: services.configuration.speech.maxSeconds, key: "speech.max_seconds")
        }
        if wishes.streams { return stream(audio, model, wishes.options, context, services) }
        let transcript = try await services.bounded(context) {
            try await services.speechGate.withPlace(context.foundation) {
                try await model.transcribe(audio, options: wishes.options, context: context.foundation, heard: nil, progress: nil)
            }
        }
        return response(transcript, wishes)
    }

    /// Whether it is a code of a language, or nothing.
    static func isLanguage(_ name: String?) -> Bool {
        name.map { $0.wholeMatch(of: /[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*|auto/) != nil } ?? true
    }

    static func missingFile(_ kind: ErrorKind) -> GatewayError {
        .invalidFields([FieldFault(param: "file", code: "missing", message: "The file field 'file' is required.")], kind: kind)
    }

    static let emptyFile = GatewayError.invalidFields(
        [FieldFault(param: "file", code: "empty_file", message: "The uploaded file is empty.")], kind: .unprocessable)

    private static func response(_ transcript: Transcript, _ wishes: Wishes) -> Response {
        switch wishes.form {
        case .json: .json(["text": .string(transcript.text), "usage": usage(transcript)])
        case .verboseJSON:
            .json(
                .object(
                    (TranscriptDocument.verbose(transcript, withWords: wishes.options.wantsWords).objectValue ?? [:]).merging(
                        ["usage": usage(transcript)]) { $1 }))
        case .text: text(TranscriptDocument.subtitles(transcript, .text), "text/plain; charset=utf-8")
        case .srt: text(TranscriptDocument.subtitles(transcript, .srt), "application/x-subrip; charset=utf-8")
        case .vtt: text(TranscriptDocument.subtitles(transcript, .vtt), "text/vtt; charset=utf-8")
        }
    }

    private static func usage(_ transcript: Transcript) -> JSONValue {
        ["type": "duration", "seconds": .integer(Int(transcript.duration.rounded(.up)))]
    }

    private static func text(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Segments as they are heard.
    private static func stream(
        _ audio: AudioSamples, _ model: any Transcriber, _ options: TranscriptionOptions, _ context: GatewayContext, _ services: GatewayServices
    ) -> Response {
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send(ServerSentEvent(raw: [UInt8](report.envelope(requestID: requestID).encoded())))
        } _: { sink in
            try await services.speechGate.withPlace(context.foundation) {
                let texts = Heard()
                let transcript = try await model.transcribe(
                    audio, options: options, context: context.foundation,
                    heard: { segment in
                        let isFirst = await texts.isFirst()
                        sink.send(
                            ServerSentEvent(nil, ["type": "transcript.text.delta", "delta": .string((isFirst ? "" : " ") + segment.text)]))
                    }, progress: nil)
                sink.send(
                    ServerSentEvent(nil, ["type": "transcript.text.done", "text": .string(transcript.text), "usage": usage(transcript)]))
            }
        }
    }

    private actor Heard {
        private var count = 0
        func isFirst() -> Bool {
            count += 1
            return count == 1
        }
    }
}
