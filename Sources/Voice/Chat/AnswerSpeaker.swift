import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Speaks an answer that is there already.
struct AnswerSpeaker: Sendable {
    let speech: any SpeechDirectory

    /// Whether anything can be spoken at all.
    func isAvailable() async -> Bool { await !speech.speechModels().synthesizers.isEmpty }

    /// - Parameters:
    ///   - answer: as a model wrote it.
    ///   - language: what it is in; `nil`: unknown.
    /// - Returns: `nil` where there is nothing to say.
    func speak(_ answer: String, voice: String?, language: String?, context: RequestContext) async throws -> AudioSamples? {
        let synthesizer = try await speech.synthesizer(id: nil, context: context)
        var speakable = SpeakableText()
        var chunker = SentenceChunker()
        var sentences = chunker.feed(speakable.feed(answer))
        sentences += chunker.feed(speakable.finish()) + chunker.finish()
        var sound = SpokenSound()
        for sentence in sentences {
            let request = SpeechRequest(text: sentence, voice: voice, language: synthesizer.languages.count == 1 ? nil : language)
            for try await piece in try await synthesizer.speak(request, context: context) { sound.append(piece) }
        }
        return sound.whole
    }
}

/// Sound that comes in pieces.
struct SpokenSound: Sendable {
    private var rate = 0
    private var samples: [Float] = []

    /// Pieces of another rate than the first one's don't fit; a voice has one rate.
    mutating func append(_ piece: AudioSamples) {
        guard piece.sampleRate > 0, rate == 0 || rate == piece.sampleRate else { return }
        rate = piece.sampleRate
        samples += piece.samples
    }

    var whole: AudioSamples? { samples.isEmpty ? nil : AudioSamples(sampleRate: rate, samples: samples) }
}
