import AsyncHTTPClient
import Engines
import Foundations
import Media

/// A model behind an OpenAI-compatible endpoint that transcribes.
struct RemoteTranscriber: Transcriber {
    let id: String
    let languages: [String] = []
    private let client: OpenAIClient

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        id = endpoint.id
        self.client = try OpenAIClient(
            name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id, dialect: endpoint.dialect,
            client: client)
    }

    func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        let transcript = try await context.withSpan(
            "endpoint call", .client, ["martlet.endpoint": .text(id), "gen_ai.operation.name": "transcription"]
        ) { context in try await client.transcribe(audio, options: options, context: context) }
        for segment in transcript.segments { try await heard?(segment) }
        progress?(ProgressUpdate(stage: "transcribe", done: audio.duration, total: audio.duration, unit: .seconds))
        return transcript
    }

    func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession {
        RemoteListening(transcriber: self, options: options, context: context)
    }
}

/// Collects the sound for an endpoint that wants it whole.
private actor RemoteListening: ListeningSession {
    private let transcriber: RemoteTranscriber
    private let options: TranscriptionOptions
    private let context: RequestContext
    private var samples: [Float] = []

    init(transcriber: RemoteTranscriber, options: TranscriptionOptions, context: RequestContext) {
        self.transcriber = transcriber
        self.options = options
        self.context = context
    }

    func accept(_ new: [Float]) -> ListeningUpdate {
        samples += new
        return ListeningUpdate(segments: [], text: "")
    }

    func finish() async throws -> Transcript {
        try await transcriber.transcribe(
            AudioSamples(sampleRate: SpeechTranscriber.sampleRate, samples: samples), options: options, context: context, heard: nil, progress: nil)
    }
}

/// A model behind an OpenAI-compatible endpoint that speaks.
struct RemoteSynthesizer: SpeechSynthesizer {
    let id: String
    let voices: [String]
    let languages: [String] = []
    private let client: OpenAIClient

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        id = endpoint.id
        voices = endpoint.voice.map { [$0] } ?? []
        self.client = try OpenAIClient(
            name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id, dialect: endpoint.dialect,
            client: client)
    }

    func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
        var request = request
        request.voice = request.voice ?? voices.first
        return try await client.speak(request, context: context)
    }
}
