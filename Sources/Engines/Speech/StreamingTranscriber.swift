import Foundation
import Foundations
import Media

/// Speech to text by a model made for streaming, run by sherpa-onnx: it hears word by word.
public final class StreamingTranscriber: Sendable {
    public let id: String
    public let languages: [String]
    private let recogniser: SpeechStreamRecogniser
    private let workers: WorkerThreads

    /// Loads the libraries and the model.
    /// - Throws: `NativeEngineError.libraryUnavailable`, `.modelMissing`, `.modelRejected`.
    public init(
        model: SpeechModel, id: String? = nil, threads: Int = 2, home: MartletHome = MartletHome()
    ) async throws {
        let workers = WorkerThreads(name: "speech", width: 1)
        recogniser = try await workers.run {
            try model.checkFiles()
            return try SpeechStreamRecogniser(model, threads: threads, library: try SpeechLibrary(home: home))
        }
        self.id = id ?? model.name
        languages = model.languages
        self.workers = workers
    }

    /// Turns speech into text. Cancellation takes effect between seconds of sound.
    /// - Throws: `NativeEngineError.unsupportedSampleRate`, `.computationFailed`; `CancellationError`; what `heard` throws.
    public func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions = TranscriptionOptions(),
        heard: (@Sendable (TranscriptSegment) async throws -> Void)? = nil, progress: ProgressHandler? = nil
    ) async throws -> Transcript {
        guard audio.sampleRate == SpeechTranscriber.sampleRate else { throw NativeEngineError.unsupportedSampleRate(audio.sampleRate) }
        let listener = try await listener(options)
        for start in stride(from: 0, to: audio.samples.count, by: audio.sampleRate) {
            let end = min(start + audio.sampleRate, audio.samples.count)
            for segment in try await listener.accept(Array(audio.samples[start..<end])).segments { try await heard?(segment) }
            progress?(
                ProgressUpdate(
                    stage: "transcribe", done: Double(end) / Double(audio.sampleRate), total: audio.duration, unit: .seconds))
        }
        let before = await listener.count
        let transcript = try await listener.finish()
        for segment in transcript.segments.dropFirst(before) { try await heard?(segment) }
        return transcript
    }

    /// Transcribes sound that comes in pieces.
    public func listener(_ options: TranscriptionOptions) async throws -> StreamingListener {
        StreamingListener(
            stream: try await workers.run { [recogniser] in try recogniser.begin() }, workers: workers,
            language: languages.count == 1 ? languages.first : nil, wantsWords: options.wantsWords)
    }
}

/// One recording's way through a `StreamingTranscriber`. Used by one task at a time.
public actor StreamingListener {
    private let stream: SpeechStreamRecogniser.Stream
    private let workers: WorkerThreads
    private let language: String?
    private let wantsWords: Bool
    private var segments: [TranscriptSegment] = []
    private var position = 0
    /// Where the present segment began, in samples.
    private var begun = 0
    private var isOver = false

    init(stream: SpeechStreamRecogniser.Stream, workers: WorkerThreads, language: String?, wantsWords: Bool) {
        self.stream = stream
        self.workers = workers
        self.language = language
        self.wantsWords = wantsWords
    }

    var count: Int { segments.count }

    /// Takes the next 16 kHz mono samples, of any number.
    /// - Throws: `NativeEngineError.computationFailed`; `CancellationError`.
    public func accept(_ samples: [Float]) async throws -> ListeningUpdate {
        guard !isOver else { return ListeningUpdate(segments: [], text: text(and: "")) }
        return try await take(samples, isLast: false)
    }

    /// Ends the sound.
    public func finish() async throws -> Transcript {
        if !isOver {
            isOver = true
            // The model looks ahead: without a little silence the last word stays unheard.
            _ = try await take([Float](repeating: 0, count: SpeechTranscriber.sampleRate / 2), isLast: true)
            position -= SpeechTranscriber.sampleRate / 2
        }
        return Transcript(segments: segments, language: segments.isEmpty ? nil : language, duration: seconds(position))
    }

    private func take(_ samples: [Float], isLast: Bool) async throws -> ListeningUpdate {
        let (heard, isEnd) = try await workers.run { [stream] in
            try stream.accept(samples, sampleRate: SpeechTranscriber.sampleRate, isLast: isLast)
        }
        position += samples.count
        let text = heard.text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard isEnd else { return ListeningUpdate(segments: [], text: self.text(and: text)) }
        defer { begun = position }
        guard !text.isEmpty else { return ListeningUpdate(segments: [], text: self.text(and: "")) }
        let segment = TranscriptSegment(
            start: seconds(begun), end: seconds(position), text: text,
            words: wantsWords ? heard.words(offset: seconds(begun), end: seconds(position - begun)) : nil)
        segments.append(segment)
        return ListeningUpdate(segments: [segment], text: self.text(and: ""))
    }

    private func text(and rest: String) -> String { (segments.map(\.text) + [rest]).filter { !$0.isEmpty }.joined(separator: " ") }
    private func seconds(_ samples: Int) -> Double { Double(samples) / Double(SpeechTranscriber.sampleRate) }
}
