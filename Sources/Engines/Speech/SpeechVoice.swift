import Foundation
import Foundations
import Media

/// Text to speech by a local model: espeak-ng turns words into phonemes, a model turns phonemes into sound.
public final class SpeechVoice: Sendable {
    public let id: String
    public var voices: [String] { model.voices }
    public var languages: [String] { model.languages }
    private let model: SpeechVoiceModel
    private let engine: any VoiceEngine
    private let phonemes: Phonemes

    /// Seconds of silence behind a sentence.
    private static let pause = 0.2

    /// Loads the libraries and the model.
    /// - Throws: `SpeechError.phonemesUnavailable`, `.voiceMalformed`; `NativeEngineError.libraryUnavailable`, `.modelMissing`,
    ///   `.modelRejected`, `.unexpectedModel`.
    public init(model: SpeechVoiceModel, id: String? = nil, threads: Int = 2, home: MartletHome = MartletHome()) async throws {
        phonemes = try Phonemes(voice: model.espeakVoice)
        switch model.family {
        case .piper: engine = try await PiperVoice(model, threads: threads, library: try OnnxLibrary(home: home))
        case .kokoro: engine = try await KokoroVoice.load(model, threads: threads, library: try SpeechLibrary(home: home))
        }
        self.id = id ?? model.name
        self.model = model
        await phonemes.prepare()
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
                    for utterance in try await phonemes.utterances(of: part, by: context.deadline) {
                        let sound = try await say(utterance, speaker: speaker, speed: request.speed)
                        if !sound.samples.isEmpty { continuation.yield(sound) }
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
            // Only now: while the voice speaks, the processor has better to do.
            await phonemes.prepare()
        }
        // The stream owns the task: who lets go of it ends the work.
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func say(_ utterance: Phonemes.Utterance, speaker: Int, speed: Double) async throws -> AudioSamples {
        var samples = try await engine.say(utterance.codes, speaker: speaker, speed: speed)
        if utterance.endsSentence, !samples.isEmpty {
            samples += [Float](repeating: 0, count: Int(Self.pause / speed * Double(engine.sampleRate)))
        }
        return AudioSamples(sampleRate: engine.sampleRate, samples: samples)
    }
}
