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
    var format: AudioFormat
    var text: String?
    var live: String?
    var stream: Bool

    private static let maxText = 20_000

    /// - Throws: `invalidFields` (422) naming every fault.
    init(_ fields: FieldReader, hasFile: Bool) throws {
        model = fields.string("model")
        transcriber = AudioRoutes.model(fields.string("transcriber"))
        synthesizer = AudioRoutes.model(fields.string("synthesizer"))
        voice = fields.string("voice")
        language = fields.string("language")
        speed = fields.number(.number("speed", 0.25...4, "As fast as the model speaks is 1")) ?? 1
        instructions = fields.string("instructions")
        conversation = fields.string("conversation")
        mode = fields.choice("mode", of: Mode.self) ?? .both
        format = fields.choice("format", of: AudioFormat.self) ?? .pcm
        text = fields.string("text")
        live = fields.string("live")
        stream = fields.bool("stream") ?? false
        let inputs = [hasFile, text != nil, live != nil].count { $0 }
        if inputs != 1 { fields.fault("file", inputs == 0 ? "missing" : "conflict", "Give one of 'file', 'text' and 'live'.") }
        if let text, text.count > Self.maxText { fields.fault("text", "too_long", "'text' may have \(Self.maxText) characters.") }
        if let text, !text.contains(where: { !$0.isWhitespace }) { fields.fault("text", "empty", "'text' is empty.") }
        if let conversation, !Conversation.isName(conversation) {
            fields.fault("conversation", "invalid", "'conversation' is made of 1 to 128 letters, digits, '.', '-' and '_'.")
        }
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
