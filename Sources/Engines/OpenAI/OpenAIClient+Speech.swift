import AsyncHTTPClient
import Foundation
import Foundations
import Media
import NIOCore
import Networking

/// Sound to and from endpoints (https://platform.openai.com/docs/api-reference/audio).
extension OpenAIClient {
    /// Samples a second of the sound that `response_format: pcm` gives.
    private static let spokenRate = 24_000
    private static let encoding = WorkerThreads(name: "endpoint sound", width: 2)

    /// Has speech written down.
    /// - Parameter audio: 16 kHz mono.
    /// - Throws: as `stream`.
    public func transcribe(_ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext) async throws -> Transcript {
        let file = try await Self.encoding.run { try AudioEncoder.file(audio, format: .flac) }
        var form = FormBody()
        form.add("model", model)
        form.add("response_format", "verbose_json")
        if let language = options.language { form.add("language", language) }
        if let prompt = options.prompt { form.add("prompt", prompt) }
        if options.wantsWords { form.add("timestamp_granularities[]", "word") }
        form.add("timestamp_granularities[]", "segment")
        form.add("file", file: file, name: "sound.flac", type: "audio/flac")
        var request = exchange.request(.POST, "/audio/transcriptions", context)
        request.headers.add(name: "content-type", value: form.contentType)
        request.body = .bytes(ByteBuffer(bytes: form.finished))
        let response = try await exchange.open(request, context, isPatient: true)
        let answer = try await exchange.document(response.body, limit: limits.maxAnswerBytes, context)
        guard let text = answer["text"]?.stringValue else { throw EndpointError.protocolViolation(name: name) }
        return Self.transcript(answer, text: text, duration: audio.duration)
    }

    private static func transcript(_ answer: JSONValue, text: String, duration: Double) -> Transcript {
        let words = (answer["words"]?.arrayValue ?? []).compactMap { word -> TranscriptWord? in
            guard let text = word["word"]?.stringValue, let start = word["start"]?.doubleValue, let end = word["end"]?.doubleValue else {
                return nil
            }
            return TranscriptWord(text: text.trimmingCharacters(in: .whitespaces), start: start, end: max(start, end))
        }
        var segments = (answer["segments"]?.arrayValue ?? []).compactMap { segment -> TranscriptSegment? in
            guard let text = segment["text"]?.stringValue, let start = segment["start"]?.doubleValue, let end = segment["end"]?.doubleValue
            else { return nil }
            let inside = words.filter { $0.start >= start && $0.start < end }
            return TranscriptSegment(
                start: start, end: max(start, end), text: text.trimmingCharacters(in: .whitespaces),
                confidence: segment["avg_logprob"]?.doubleValue.map { min(1, exp($0)) }, words: words.isEmpty ? nil : inside)
        }
        let whole = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if segments.isEmpty, !whole.isEmpty {
            segments = [TranscriptSegment(start: 0, end: duration, text: whole, words: words.isEmpty ? nil : words)]
        }
        return Transcript(segments: segments, language: answer["language"]?.stringValue.flatMap(LanguageName.code), duration: duration)
    }

    /// Has text spoken. The sound streams.
    /// - Throws: as `stream`; the stream throws the same.
    public func speak(_ speech: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
        let body: JSONValue = [
            "model": .string(model), "input": .string(speech.text), "voice": .string(speech.voice ?? "alloy"), "response_format": "pcm",
            "speed": .number(speech.speed),
        ]
        let response = try await exchange.open(exchange.request(.POST, "/audio/speech", json: body.encoded(), context), context, isPatient: true)
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: AudioSamples.self)
        let name = name
        let limit = limits.maxAnswerBytes
        let task = Task {
            do {
                try await withDeadline(context.deadline, waitingFor: "the \(name) engine's sound") {
                    var rest = Data()
                    var taken = 0
                    for try await piece in response.body {
                        taken += piece.readableBytes
                        guard taken <= limit else { throw EndpointError.answerTooLarge(name: name, limit: limit) }
                        rest.append(contentsOf: piece.readableBytesView)
                        let whole = rest.count & ~1
                        if whole > 0 {
                            continuation.yield(AudioSamples(sampleRate: Self.spokenRate, samples: PCM.floats(rest.prefix(whole))))
                            rest = Data(rest.dropFirst(whole))
                        }
                    }
                }
                continuation.finish()
            } catch let error as any ReportableError {
                continuation.finish(throwing: error)
            } catch {
                continuation.finish(throwing: Task.isCancelled ? CancellationError() : EndpointError.died(name: name))
            }
        }
        // The stream owns the task: who lets go of it ends the work.
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}

/// Languages by what endpoints call them: `english` as well as `en`.
enum LanguageName {
    static func code(_ text: String) -> String? {
        let name = text.lowercased()
        if name.count == 2 { return name }
        return Locale.LanguageCode.isoLanguageCodes.lazy.map(\.identifier).first {
            $0.count == 2 && english.localizedString(forLanguageCode: $0)?.lowercased() == name
        }
    }

    private static let english = Locale(identifier: "en")
}
