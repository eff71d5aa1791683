import Engines
import Foundation
import Foundations
import GRPCCore
import ModelHub
import SpeechProtocol

/// One recording that comes in pieces, and what is heard of it.
struct RecognitionStream: Sendable {
    typealias Writer = RPCWriter<June_Asr_RecognitionResult>

    let services: GatewayServices
    let context: Foundations.RequestContext

    private struct Listening {
        let id: String
        let sound: PlainSound
        let tellsInterim: Bool
        let language: String?
        var pieces = 0
        /// What was told as final: its text, its end in seconds, and its number of segments.
        var told = (text: "", end: 0.0, segments: 0)
        var interim = ""
    }

    /// Follows the sound to its end.
    /// - Throws: `invalidFields`, `LiveTranscriptions.Fault`; as `Transcriber.listen`.
    func run(_ pieces: RPCAsyncSequence<June_Asr_AudioChunk, any Error>, _ writer: Writer) async throws {
        var listening: Listening?
        do {
            for try await piece in pieces {
                var current = try await continued(listening, piece)
                listening = current
                try await hear(piece, &current, writer)
                listening = current
            }
            if let listening { try await finish(listening, writer) }
        } catch {
            if let listening { try? await services.listening.end(listening.id, owner: context.keyName) }
            throw error
        }
    }

    private func continued(_ listening: Listening?, _ piece: June_Asr_AudioChunk) async throws -> Listening {
        guard PlainSound.isMeant(by: piece.encoding) else {
            throw CallFault.field("encoding", "unsupported", "A stream brings plain samples (\"pcm\"). Send files to Recognize.")
        }
        if let listening {
            let isSame = { (new: Int32, old: Int) in new == 0 || Int(new) == old }
            guard isSame(piece.sampleRate, listening.sound.sampleRate), isSame(piece.channels, listening.sound.channels) else {
                throw CallFault.field("sample_rate", "conflict", "All pieces of a stream have the same 'sample_rate' and 'channels'.")
            }
            return listening
        }
        let wishes = try RecognitionWishes(piece.config)
        let sound = try PlainSound(sampleRate: piece.sampleRate, channels: piece.channels)
        let transcriber = try await AudioRoutes.speech(services).transcriber(id: wishes.model, context: context)
        return Listening(
            id: try await services.listening.begin(transcriber, wishes.options, context), sound: sound,
            tellsInterim: !piece.hasConfig || piece.config.interimResults, language: wishes.options.language)
    }

    private func hear(_ piece: June_Asr_AudioChunk, _ listening: inout Listening, _ writer: Writer) async throws {
        let sound = listening.sound
        let samples = try await services.threads.run { try sound.convert(piece.audioData) }
        if samples.isEmpty { return }
        let answer = try await services.listening.accept(samples, number: listening.pieces, of: listening.id, owner: context.keyName)
        listening.pieces += 1
        try await tell(answer.segments, language: listening.language, &listening, writer)
        guard listening.tellsInterim, let interim = rest(of: answer.text, behind: listening.told.text), interim != listening.interim else { return }
        listening.interim = interim
        try await writer.write(June_Asr_RecognitionResult(interim: interim, from: listening.told.end, to: answer.seconds))
    }

    private func finish(_ ended: Listening, _ writer: Writer) async throws {
        var listening = ended
        let sound = listening.sound
        let rest = try await services.threads.run { try sound.finish() }
        if !rest.isEmpty {
            let answer = try await services.listening.accept(rest, number: listening.pieces, of: listening.id, owner: context.keyName)
            try await tell(answer.segments, language: listening.language, &listening, writer)
        }
        let heard = try await services.listening.finish(listening.id, owner: context.keyName).transcript
        try await tell(Array(heard.segments.dropFirst(listening.told.segments)), language: heard.language, &listening, writer)
    }

    private func tell(_ segments: [TranscriptSegment], language: String?, _ listening: inout Listening, _ writer: Writer) async throws {
        for segment in segments {
            try await writer.write(June_Asr_RecognitionResult(segment, language: language))
            listening.told.text += (listening.told.text.isEmpty ? "" : " ") + segment.text
            listening.told.end = segment.end
            listening.told.segments += 1
            listening.interim = ""
        }
    }

    /// What is heard beyond the text that was told as final; `nil` when there is nothing.
    private func rest(of text: String, behind told: String) -> String? {
        guard text.hasPrefix(told) else { return nil }
        let rest = text.dropFirst(told.count).trimmingCharacters(in: .whitespaces)
        return rest.isEmpty ? nil : rest
    }
}
