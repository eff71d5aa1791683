import Foundation
import Foundations
import Media

/// Text to speech by a local model: espeak-ng turns words into phonemes, sherpa-onnx turns phonemes into sound.
public final class SpeechVoice: Sendable {
    public let id: String
    public var voices: [String] { model.voices }
    public var languages: [String] { model.languages }
    private let model: SpeechVoiceModel
    private let engine: SpeechVoiceEngine
    private let phonemes: Phonemes
    /// The phonemes that the model knows; sherpa-onnx complains about each other one.
    private let alphabet: Set<Int32>
    private let workers: WorkerThreads

    /// Seconds of silence behind a sentence.
    private static let pause = 0.2

    /// Loads the libraries and the model.
    /// - Throws: `SpeechError.phonemesUnavailable`; `NativeEngineError.libraryUnavailable`, `.modelMissing`, `.modelRejected`.
    public init(
        model: SpeechVoiceModel, id: String? = nil, threads: Int = 2, libraries: URL = SpeechTranscriber.installedLibraries
    ) async throws {
        phonemes = try Phonemes(voice: model.espeakVoice)
        let workers = WorkerThreads(name: "voice", width: 1)
        (engine, alphabet) = try await workers.run {
            (try SpeechVoiceEngine(model, threads: threads, library: try SpeechLibrary(folder: libraries)), try Self.alphabet(model.tokens))
        }
        self.id = id ?? model.name
        self.model = model
        self.workers = workers
    }

    /// Speaks sentence after sentence, and gives each as soon as it is there. Cancelling the consuming task stops the work behind the
    /// sentence at hand.
    /// - Throws: `SpeechError.unknownVoice`, `.languageNotSpoken`, `.speedOutOfRange`; the stream `SpeechError.phonemesUnavailable`,
    ///   `NativeEngineError.computationFailed`, `CancellationError`.
    public func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error> {
        guard (0.25...4).contains(request.speed) else { throw SpeechError.speedOutOfRange }
        var speaker = 0
        if let voice = request.voice {
            guard let place = model.voices.firstIndex(of: voice) else { throw SpeechError.unknownVoice(voice, voices: model.voices) }
            speaker = min(place, max(0, engine.speakers - 1))
        }
        if let language = request.language?.lowercased().prefix(2), !languages.isEmpty, !languages.contains(String(language)) {
            throw SpeechError.languageNotSpoken(String(language), model: id, languages: languages)
        }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: AudioSamples.self)
        let task = Task { [speaker, phonemes] in
            do {
                for part in phonemes.parts(of: request.text) {
                    for sentence in try await phonemes.sentences(of: part, by: context.deadline) {
                        let sound = try await say(sentence, speaker: speaker, speed: request.speed)
                        if !sound.samples.isEmpty { continuation.yield(sound) }
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        // The stream owns the task: who lets go of it ends the work.
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func say(_ sentence: [Int32], speaker: Int, speed: Double) async throws -> AudioSamples {
        let known = sentence.filter(alphabet.contains)
        guard !known.isEmpty else { return AudioSamples(sampleRate: engine.sampleRate, samples: []) }
        let samples = try await workers.run { [engine] in try engine.say(known, speaker: speaker, speed: speed) }
        let silence = [Float](repeating: 0, count: Int(Self.pause / speed * Double(engine.sampleRate)))
        return AudioSamples(sampleRate: engine.sampleRate, samples: samples + silence)
    }

    /// The phonemes that the model knows: the first character of each line of its tokens file.
    private static func alphabet(_ tokens: URL) throws -> Set<Int32> {
        guard let text = try? String(contentsOf: tokens, encoding: .utf8) else { throw NativeEngineError.modelMissing(name: "tokens") }
        return Set(text.split(separator: "\n").compactMap { $0.unicodeScalars.first.map { Int32($0.value) } })
    }
}
