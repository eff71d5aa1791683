import Engines
import Foundation
import Foundations
import Jobs
import Media

/// Brings an answer to those who asked: as text, in as many messages as it takes, and spoken where that is wished.
struct TurnDelivery: Sendable {
    let desk: ChatDesk
    let turn: ChatTurn
    let preferences: ChatPreferences
    let texts: ChatTexts
    let messenger: TurnMessenger
    let record: TurnRecord
    let context: RequestContext

    /// What arrived.
    struct Outcome: Sendable, Equatable {
        var parts = 0
        var isSpoken = false
        /// What is said below the answer.
        var notes: [ChatPhrase] = []
    }

    /// Room that the first part leaves for notes.
    private static let noteRoom = 300

    private var message: BotMessage { turn.message }
    private var rendering: ChatRendering { messenger.rendering }

    /// - Parameter sound: the spoken answer, where there is one already.
    func deliver(_ answer: TurnAnswer, _ sound: AudioSamples?) async throws -> Outcome {
        let parts = try await parts(of: answer)
        var outcome = Outcome(parts: parts.count)
        try await showFirst(answer, parts)
        for number in parts.indices.dropFirst() {
            let row = row(parts[number], part: number + 1, of: parts.count)
            if try await messenger.send(TurnRecord.Name.part(number + 1), parts[number], row: row) == .unclear {
                outcome.notes.append(.partUncertain)
            }
        }
        if preferences.speaks(to: message) {
            let note = try await speak(answer, sound)
            outcome.isSpoken = note == nil
            if let note { outcome.notes.append(note) }
        }
        if !outcome.notes.isEmpty { try await add(outcome.notes, below: parts[0]) }
        return outcome
    }

    /// The messages that the answer takes. The same on each attempt, since they depend on what is kept only.
    private func parts(of answer: TurnAnswer) async throws -> [String] {
        let view = TurnView(texts, isSpoken: message.attachment != nil, heard: await record.heard?.text)
        return rendering.parts(view.whole(with: ThoughtFilter.words(of: answer.text)), spare: Self.noteRoom)
    }

    private func showFirst(_ answer: TurnAnswer, _ parts: [String]) async throws {
        guard await !record.isShown else { return }
        var row = row(parts[0], part: 1, of: parts.count)
        row.rawText = answer.text
        row.isRemembered = true
        row.metadata["is_edit"] = true
        row.metadata["final_update"] = true
        row.metadata["model"] = answer.model.map(JSONValue.string)
        let question = turn.question
        try await messenger.show(parts[0], opening: texts(.thinking), as: TurnRecord.Name.shown, true, row: row) { connection in
            try MessageHistory.remember(question, connection)
        }
    }

    private func row(_ markdown: String, part: Int, of parts: Int) -> HistoryMessage {
        var row = HistoryMessage(.outgoing, .text, markdown, in: message.conversation)
        row.turn = turn.question
        row.formattedText = rendering.rendered(markdown)
        row.metadata = rendering.metadata(markdown, part: part, of: parts)
        row.metadata["llm_response"] = true
        row.metadata["streamed"] = true
        return row
    }

    /// Says below an answer what is missing of it.
    func add(_ notes: [ChatPhrase], below text: String) async throws {
        guard let status = await record.status else { return }
        var notes = notes
        // Several parts may be missing; that is said once.
        notes = notes.enumerated().filter { !notes[..<$0.offset].contains($0.element) }.map(\.element)
        do {
            try await messenger.edit(status, to: ([text] + notes.map { texts($0) }).joined(separator: "\n\n"))
        } catch ChatPortError.refused {
            // The answer is there all the same.
        }
    }

    /// Says below the answer that is shown that the turn couldn't be brought to its end.
    func addFailure() async throws {
        guard let answer = await record.answer else { return }
        let parts = try await parts(of: answer)
        var notes: [ChatPhrase] = []
        for number in parts.indices.dropFirst() {
            if case .done = await record.step(TurnRecord.Name.part(number + 1)) { continue }
            notes.append(.partUncertain)
        }
        if preferences.speaks(to: message) { notes.append(.voiceFailed) }
        try await add(notes, below: parts[0])
    }

    // MARK: The voice

    /// Sends the spoken answer.
    /// - Returns: why there is none, or that it may not have arrived; `nil`: it has, or there is nothing to say.
    func speak(_ answer: TurnAnswer, _ sound: AudioSamples?) async throws -> ChatPhrase? {
        let step = await record.step(TurnRecord.Name.voice)
        let move = step.move(at: Date(), nonceLifetime: messenger.port.nonceLifetime)
        if move == .skip { return nil }
        do {
            // Nothing has to be spoken that isn't sent any more.
            var note = VoiceNote(ogg: Data(), seconds: 0, waveform: [])
            if move != .giveUp {
                guard let made = try await voiceNote(answer, sound) else { return nil }
                note = made
                guard note.ogg.count <= desk.maxFileBytes(message.platform) else { return .voiceFailed }
            }
            return try await messenger.send(TurnRecord.Name.voice, note, row: voiceRow(note)) == .unclear ? .voiceUncertain : nil
        } catch VoiceUnavailable.noModel {
            // Who always wants to hear should know why not; others can read.
            return preferences.mode == .voice || turn.task == .speakAgain ? .voiceMissing : nil
        } catch ChatPortError.refused {
            return .voiceRefused
        } catch ChatPortError.fileTooLarge {
            return .voiceFailed
        } catch VoiceUnavailable.failed {
            return .voiceFailed
        }
    }

    private enum VoiceUnavailable: Error { case noModel, failed }

    private func voiceNote(_ answer: TurnAnswer, _ sound: AudioSamples?) async throws -> VoiceNote? {
        let speaker = AnswerSpeaker(speech: desk.speech)
        let heard = await record.heard?.language
        do {
            var samples = sound
            if samples == nil {
                guard await speaker.isAvailable() else { throw VoiceUnavailable.noModel }
                samples = try await messenger.showing({ .recordingVoice }) {
                    try await speaker.speak(
                        answer.text, voice: preferences.voice, language: preferences.language ?? heard, context: context)
                }
            }
            guard let samples else { return nil }
            return try await VoiceNoteEncoder.make(samples.samples, sampleRate: samples.sampleRate)
        } catch let error where !(error is VoiceUnavailable) && !(error is CancellationError) && !Task.isCancelled {
            desk.logger.warning("an answer can't be spoken", metadata: ["code": "\(ErrorReport(error).code)"])
            throw VoiceUnavailable.failed
        }
    }

    private func voiceRow(_ note: VoiceNote) -> HistoryMessage {
        var row = HistoryMessage(.outgoing, .voice, "", in: message.conversation)
        row.turn = turn.question
        row.metadata = [
            "voice_file": true, "has_caption": false, "seconds": .number((note.seconds * 100).rounded() / 100), "bytes": .integer(note.ogg.count),
        ]
        return row
    }
}
