import Foundation
import Foundations
import Hummingbird
import Media
import Voice

/// A turn as a caller asks for it, checked.
struct VoiceTurnRequest: Sendable {
    /// What the answer is made of.
    enum Mode: String, CaseIterable { case both, voice, text }

    var model: String?
    var transcriber: String?
    var synthesizer: String?
    var voice: String?
    var language: String?
    var speed: Double
    var instructions: String?
    var conversation: String?
    var mode: Mode
    /// Of the sound; `nil`: as `Accept` says, else raw.
    var format: AudioFormat?
    var text: String?
    var live: String?
    var stream: Bool

    /// - Throws: `invalidFields` (422) naming every fault.
    init(_ fields: FieldReader, hasFile: Bool, wantsSound: Bool, maxText: Int) throws {
        model = fields.string("model")
        transcriber = AudioRoutes.model(fields.string("transcriber"))
        synthesizer = AudioRoutes.model(fields.string("synthesizer"))
        voice = fields.string("voice")
        language = fields.string("language")
        speed = fields.number(.number("speed", 0.25...4, "As fast as the model speaks is 1")) ?? 1
        instructions = fields.string("instructions")
        conversation = fields.string("conversation")
        mode = fields.choice("mode", of: Mode.self) ?? .both
        format = fields.choice("format", of: AudioFormat.self)
        text = fields.string("text")
        live = fields.string("live")
        stream = fields.bool("stream") ?? false
        let inputs = [hasFile, text != nil, live != nil].count { $0 }
        if inputs != 1 { fields.fault("file", inputs == 0 ? "missing" : "conflict", "Give one of 'file', 'text' and 'live'.") }
        if let text, text.count > maxText { fields.fault("text", "text_too_long", "'text' may have \(maxText) characters (speech.max_characters).") }
        if let text, !text.contains(where: { !$0.isWhitespace }) { fields.fault("text", "string_too_short", "'text' is empty.") }
        if let conversation, !Conversation.isName(conversation) {
            fields.fault("conversation", "invalid_name", "'conversation' is made of 1 to 128 letters, digits, '.', '-' and '_'.")
        }
        if wantsSound, mode == .text { fields.fault("mode", "conflict", "'mode' text has no sound, which 'Accept' asks for.") }
        try fields.finish(.unprocessable)
    }

    /// The turn, without what was said before.
    func turn(_ input: VoiceTurn.Input) -> VoiceTurn {
        var turn = VoiceTurn(input)
        turn.model = model
        turn.transcriber = transcriber
        turn.synthesizer = synthesizer
        turn.voice = voice
        turn.language = language
        turn.speed = speed
        turn.instructions = instructions
        turn.isSpoken = mode != .text
        return turn
    }
}
