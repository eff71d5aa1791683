import Foundation
import Foundations
import Media

/// Speech to text by a model of whole utterances: ONNX Runtime runs Moonshine, sherpa-onnx the others.
///
/// A voice detector cuts the sound where people pause; each piece is recognised for itself, so its time is known.
public final class SpeechTranscriber: Sendable {
    public struct Options: Sendable {
        /// Threads of one recognition.
        public var threads = 2
        /// Seconds after which a piece is cut although nobody paused.
        public var maxSegment = 15.0
        /// Phrases are joined to pieces of up to this many seconds: words are heard better with others around them.
        public var joinedSegment = 30.0
        /// The same while somebody still speaks: they want to see soon what was heard.
        public var joinedWhileListening = 15.0
        /// Seconds of the longest pause inside a piece.
        public var maxPause = 1.5
        /// Seconds of silence that end a phrase.
        public var minSilence = 0.4
        /// Seconds of speech that make a phrase.
        public var minSpeech = 0.2
        /// Speech probability from which sound counts as speech.
        public var speechThreshold = 0.5
        /// Seconds taken along on each side of what the voice detector marks: it cuts soft beginnings.
        public var margin = 0.3

        public init() {}
    }

    /// Samples a second that the models take.
    public static let sampleRate = 16_000

    public let id: String
    public var languages: [String] { model.languages }
    let options: Options
    private let model: SpeechModel
    private let recogniser: any RecognitionEngine
    private let detector: SileroDetector?
    private let workers: WorkerThreads

    /// Loads the libraries and the model.
    /// - Parameters:
    ///   - id: the name callers know it by; default: the model's own.
    ///   - home: where set-up put the libraries.
    /// - Throws: `NativeEngineError.libraryUnavailable`, `.modelMissing`, `.modelRejected`.
    public init(
        model: SpeechModel, id: String? = nil, options: Options = Options(), home: MartletHome = MartletHome()
    ) async throws {
        let workers = WorkerThreads(name: "speech", width: 1)
        (recogniser, detector) = try await workers.run {
            try model.checkFiles()
            return (try Self.recogniser(model, threads: options.threads, home: home), try Self.detector(model, home: home))
        }
        self.id = id ?? model.name
        self.model = model
        self.options = options
        self.workers = workers
    }

    private static func recogniser(_ model: SpeechModel, threads: Int, home: MartletHome) throws -> any RecognitionEngine {
        switch model.family {
        case .moonshine: try MoonshineRecogniser(model, threads: threads, library: OnnxLibrary(home: home))
        case .whisper, .transducer, .ctc, .senseVoice, .streamingTransducer:
            try SpeechRecogniser(model, threads: threads, library: SpeechLibrary(home: home))
        }
    }

    private static func detector(_ model: SpeechModel, home: MartletHome) throws -> SileroDetector? {
        try model.voiceDetector.map { try SileroDetector(model: $0, library: OnnxLibrary(home: home)) }
    }

    /// Turns speech into text. Cancellation takes effect between pieces.
    /// - Parameters:
    ///   - audio: 16 kHz mono.
    ///   - heard: gets each segment as soon as it is there.
    ///   - progress: Seconds of sound done.
    /// - Throws: `SpeechError.languageNotSpoken`, `NativeEngineError.unsupportedSampleRate`, `.computationFailed`;
    ///   `CancellationError`; what `heard` throws.
    public func transcribe(
        _ audio: AudioSamples, options wishes: TranscriptionOptions = TranscriptionOptions(),
        heard: (@Sendable (TranscriptSegment) async throws -> Void)? = nil, progress: ProgressHandler? = nil
    ) async throws -> Transcript {
        guard audio.sampleRate == Self.sampleRate else { throw NativeEngineError.unsupportedSampleRate(audio.sampleRate) }
        let listener = try await listener(wishes, joined: options.joinedSegment)
        var position = 0
        while position < audio.samples.count {
            let block = position..<min(position + Self.searchBlock, audio.samples.count)
            let isLast = block.upperBound == audio.samples.count
            for segment in try await listener.take(Array(audio.samples[block]), isLast: isLast, recognised: { end in
                progress?(Self.progress(min(max(block.lowerBound, end), block.upperBound), of: audio))
            }) {
                try await heard?(segment)
            }
            position = block.upperBound
            progress?(Self.progress(position, of: audio))
        }
        return try await listener.finish()
    }

    /// Transcribes sound that comes in pieces.
    /// - Throws: as `transcribe`.
    public func listener(_ wishes: TranscriptionOptions) async throws -> SpeechListener {
        try await listener(wishes, joined: min(options.joinedWhileListening, options.joinedSegment))
    }

    private func listener(_ wishes: TranscriptionOptions, joined: Double) async throws -> SpeechListener {
        let language = try known(wishes.language)
        let detector = detector.map { SpeechActivityDetector($0, options: options.activity) }
        return SpeechListener(of: self, detector: detector, language: language, wantsWords: wishes.wantsWords, joined: joined)
    }

    /// `en-GB` counts as `en`.
    private func known(_ language: String?) throws -> String? {
        guard let language, !language.isEmpty, language != "auto" else { return nil }
        let code = language.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first.map(String.init) ?? language
        guard languages.isEmpty || languages.contains(code) else {
            throw SpeechError.languageNotSpoken(language, model: id, languages: languages)
        }
        return code
    }

    /// Samples searched for speech at a time.
    private static let searchBlock = sampleRate * 10

    private static func progress(_ position: Int, of audio: AudioSamples) -> ProgressUpdate {
        ProgressUpdate(
            stage: "transcribe", done: Double(position) / Double(sampleRate), total: audio.duration, unit: .seconds)
    }

    // MARK: For listeners

    /// The language where the model has only one.
    var onlyLanguage: String? { languages.count == 1 ? languages.first : nil }

    func find(_ samples: [Float], isLast: Bool, by detector: SpeechActivityDetector) async throws -> (stretches: [Range<Int>], hears: Bool) {
        try await workers.run { (try detector.accept(samples[...], isLast: isLast), detector.hears) }
    }

    /// Recognises one piece.
    /// - Returns: `nil` when nothing was said.
    func recognise(_ samples: [Float], language: String?) async throws -> Recognition? {
        let recognition = try await workers.run { [recogniser] () -> Recognition? in
            guard !SpeechSegmentation.isSilent(samples[...]) else { return nil }
            return try recogniser.recognise(samples[...], language: language)
        }
        guard var recognition else { return nil }
        recognition.text = recognition.text.trimmingCharacters(in: .whitespacesAndNewlines)
        return recognition.text.contains(where: { $0.isLetter || $0.isNumber }) ? recognition : nil
    }
}

extension SpeechTranscriber.Options {
    fileprivate var activity: SpeechActivityState.Options {
        func samples(_ seconds: Double) -> Int { Int(seconds * Double(SpeechTranscriber.sampleRate)) }
        return SpeechActivityState.Options(
            threshold: Float(speechThreshold), minSilence: samples(minSilence), minSpeech: samples(minSpeech), longest: samples(maxSegment))
    }
}
