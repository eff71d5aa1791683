import CSherpaOnnx
import Foundation
import Foundations
import Media

/// English speech to text by Moonshine (arXiv:2410.15608), run by sherpa-onnx.
///
/// A voice detector cuts the sound where people pause; each piece is recognised for itself, so its time is known.
public final class MoonshineTranscriber: Sendable {
    /// Where the model's files are.
    public struct Models: Sendable {
        public var encoder: URL
        public var decoder: URL
        public var tokens: URL
        /// Silero's voice detector; `nil`: the sound is cut at quiet places about every `maxSegment` seconds.
        public var voiceDetector: URL?

        public init(encoder: URL, decoder: URL, tokens: URL, voiceDetector: URL?) {
            self.encoder = encoder
            self.decoder = decoder
            self.tokens = tokens
            self.voiceDetector = voiceDetector
        }

        /// The files by the names they are published under.
        public init(folder: URL, voiceDetector: URL?) {
            self.init(
                encoder: folder.appending(path: "encoder_model.ort"),
                decoder: folder.appending(path: "decoder_model_merged.ort"),
                tokens: folder.appending(path: "tokens.txt"), voiceDetector: voiceDetector)
        }
    }

    public struct Options: Sendable {
        /// Threads of one recognition.
        public var threads = 2
        /// Seconds after which a piece is cut although nobody paused.
        public var maxSegment = 15.0
        /// Phrases are joined to pieces of up to this many seconds: words are heard better with others around them.
        public var joinedSegment = 12.0
        /// Seconds of the longest pause inside a piece.
        public var maxPause = 1.5
        /// Seconds of silence that end a phrase.
        public var minSilence = 0.4
        /// Seconds of speech that make a phrase.
        public var minSpeech = 0.2
        /// Speech probability from which sound counts as speech.
        public var speechThreshold = 0.5
        /// Seconds taken along on each side of what the voice detector marks: it cuts soft beginnings.
        public var margin = 0.15

        public init() {}
    }

    /// Samples a second that the models take.
    public static let sampleRate = 16_000

    private let engine: SpeechEngine
    private let voiceDetector: URL?
    private let options: Options
    private let workers: WorkerThreads

    /// Loads the libraries and the model.
    /// - Parameter libraries: The folder of `libsherpa-onnx-c-api.so` and `libonnxruntime.so`; default: where set-up
    ///   put them.
    /// - Throws: `NativeEngineError.libraryUnavailable`, `.modelMissing`, `.modelRejected`.
    public init(
        models: Models, options: Options = Options(),
        libraries: URL = MartletHome().engines.appending(path: "sherpa-onnx/lib")
    ) async throws {
        let workers = WorkerThreads(name: "speech", width: 1)
        let files = SpeechEngine.Files(encoder: models.encoder, decoder: models.decoder, tokens: models.tokens)
        engine = try await workers.run {
            try SpeechEngine(files: files, threads: options.threads, libraries: libraries)
        }
        if let detector = models.voiceDetector, !FileManager.default.isReadableFile(atPath: detector.path) {
            throw NativeEngineError.modelMissing(name: "Silero VAD")
        }
        voiceDetector = models.voiceDetector
        self.options = options
        self.workers = workers
    }

    /// Turns speech into text. Cancellation takes effect between pieces.
    /// - Parameters:
    ///   - audio: 16 kHz mono.
    ///   - progress: Seconds of sound done.
    /// - Returns: segments in order of time; empty when nobody speaks.
    /// - Throws: `NativeEngineError.unsupportedSampleRate`, `.computationFailed`; `CancellationError`.
    public func transcribe(_ audio: AudioSamples, progress: ProgressHandler?) async throws -> [TranscriptSegment] {
        guard audio.sampleRate == Self.sampleRate else {
            throw NativeEngineError.unsupportedSampleRate(audio.sampleRate)
        }
        var segments: [TranscriptSegment] = []
        let samples = audio.samples
        if let voiceDetector {
            let settings = detectorSettings
            let detector = try await workers.run {
                try self.engine.makeDetector(model: voiceDetector, options: settings)
            }
            var joiner = SpeechJoiner(
                longest: Int(options.joinedSegment * Double(Self.sampleRate)),
                longestPause: Int(options.maxPause * Double(Self.sampleRate)))
            var position = 0
            while position < samples.count {
                let block = position..<min(position + Self.searchBlock, samples.count)
                let found = try await workers.run {
                    detector.accept(samples[block], isLast: block.upperBound == samples.count)
                }
                var spoken = found.compactMap { joiner.add($0) }
                if block.upperBound == samples.count, let last = joiner.finish() { spoken.append(last) }
                for piece in spoken.flatMap({ pieces(around: $0, in: samples) }) {
                    try await recognise(piece, of: audio, into: &segments)
                    report(min(max(position, piece.upperBound), block.upperBound), of: audio, to: progress)
                }
                position = block.upperBound
                report(position, of: audio, to: progress)
            }
        } else {
            for piece in SpeechSegmentation.split(samples, range: samples.indices, longest: longest) {
                try await recognise(piece, of: audio, into: &segments)
                report(piece.upperBound, of: audio, to: progress)
            }
        }
        return segments
    }

    /// Samples searched for speech at a time.
    private static let searchBlock = sampleRate * 10

    private var longest: Int { Int(options.maxSegment * Double(Self.sampleRate)) }

    private func pieces(around speech: Range<Int>, in samples: [Float]) -> [Range<Int>] {
        let margin = Int(options.margin * Double(Self.sampleRate))
        let wide = (speech.lowerBound - margin..<speech.upperBound + margin).clamped(to: samples.indices)
        return SpeechSegmentation.split(samples, range: wide, longest: longest + 2 * margin)
    }

    private func report(_ position: Int, of audio: AudioSamples, to progress: ProgressHandler?) {
        progress?(
            ProgressUpdate(
                stage: "transcribe", done: Double(position) / Double(Self.sampleRate), total: audio.duration,
                unit: .seconds))
    }

    private var detectorSettings: SpeechDetectorOptions {
        SpeechDetectorOptions(
            threshold: Float(options.speechThreshold), min_silence: Float(options.minSilence),
            min_speech: Float(options.minSpeech), max_speech: Float(options.maxSegment), window: 512,
            sample_rate: Int32(Self.sampleRate))
    }

    /// Recognises one piece and adds what was said, if anything.
    private func recognise(
        _ range: Range<Int>, of audio: AudioSamples, into segments: inout [TranscriptSegment]
    ) async throws {
        let recognition = try await workers.run { () -> SpeechEngine.Recognition? in
            let samples = audio.samples[range]
            guard !SpeechSegmentation.isSilent(samples) else { return nil }
            return try self.engine.recognise(samples, sampleRate: Self.sampleRate)
        }
        guard let text = recognition?.text.trimmingCharacters(in: .whitespacesAndNewlines),
            text.contains(where: { $0.isLetter || $0.isNumber })
        else { return }
        let rate = Double(Self.sampleRate)
        // Margins of neighbours may overlap; segments don't.
        let start = max(Double(range.lowerBound) / rate, segments.last?.end ?? 0)
        segments.append(TranscriptSegment(start: start, end: max(start, Double(range.upperBound) / rate), text: text))
    }
}
