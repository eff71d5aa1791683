import Foundation

/// What the bot says itself, in words for people. Values stand where `{name}` does.
enum ChatPhrase: String, CaseIterable, Sendable {
    // Who may talk.
    case stranger, blocked, tooFast
    // Commands.
    case start, help, unknownCommand, pong, status
    case languageNow, languageAutomatic, languageSet, languageUnknown
    case modeNow, modeSet, modeUnknown
    case voiceNow, voiceSet, voiceUnknown, voicesNone, voiceDefault, nothingToSpeak
    case personaNow, personaNone, personaSet, personaCleared, personaTooLong
    case reset, historyEmpty, historyTitle, cancelling, nothingToCancel, forgotten
    // A turn as it goes on.
    case listening, thinking, speaking, again, cancelled
    // What came of it, where that isn't the answer.
    case nothingHeard, tooShort, tooLong, tooLarge, noSound, fileGone
    case noTranscriber, noModel, languageNotSpoken, busy, modelFailed, nothingAnswered, outOfTime, platformTrouble, failed
    // Below an answer.
    case voiceFailed, voiceRefused, voiceMissing, voiceUncertain, partUncertain
}

/// The texts in one language. Those that most people see are there in six; the others are English.
struct ChatTexts: Sendable, Equatable {
    let language: String

    /// Those that some texts are in.
    static let languages = ["en", "de", "es", "fr", "it", "pt"]

    /// - Parameter language: ISO 639-1, also with a region; `nil` or one without texts: English.
    init(_ language: String?) {
        let code = language?.lowercased().prefix(2)
        self.language = Self.languages.first { $0 == code ?? "" } ?? "en"
    }

    /// - Parameter values: as they are; what people wrote must be made fit for Markdown first.
    func callAsFunction(_ phrase: ChatPhrase, _ values: [String: String] = [:]) -> String {
        let text = Self.translations[language]?[phrase] ?? Self.english[phrase] ?? ""
        return Self.filled(text, values)
    }

    /// In one pass: what a value holds isn't looked into.
    private static func filled(_ text: String, _ values: [String: String]) -> String {
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            out += rest[..<open]
            out += values[String(rest[rest.index(after: open)..<close])] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    /// The names in a text.
    static func places(in text: String) -> Set<String> {
        Set(text.split(separator: "{").dropFirst().compactMap { $0.split(separator: "}", omittingEmptySubsequences: false).first.map(String.init) })
    }

    /// A number of seconds as people say it.
    func time(_ seconds: Double) -> String {
        let seconds = Int(max(1, seconds.rounded(.up)))
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\((seconds + 59) / 60) min" : "\((seconds + 3599) / 3600) h"
    }

    /// Megabytes, with a digit behind the point where it matters.
    static func megabytes(_ bytes: Int) -> String {
        let tenths = Int((Double(bytes) / 104_857.6).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension ChatTexts {
    static let english: [ChatPhrase: String] = [
        .stranger: "Sorry, this bot is private. Its owner can let you in; your id is `{user}`.",
        .blocked: "You can't use this bot at the moment.",
        .tooFast: "Slow down a little, please: {limit} messages in {span} are allowed. Try again in {wait}.",

        .start: """
            Hello! I listen, think and answer, in text and aloud.

            1. Send me a voice message, or write.
            2. Wait a moment: you see what I heard and my answer as it comes.
            3. Ask on. I remember our conversation; /reset starts a new one.

            /help shows what else I can do.
            """,
        .help: """
            **Talk to me**: voice messages of up to {seconds} s and {megabytes} MB, or text.

            /language `[code]` – the language I hear and speak
            /mode `voice|text|both` – whether I also speak my answers
            /voice `[name]` – my voice; `/voice again` speaks the last answer once more
            /persona `[text]` – who I am to be; `/persona off` ends it
            /history `[n]` – our last messages
            /reset – start a new conversation
            /cancel – stop what I am doing
            /forget – delete everything I keep about you
            /status – whether all is well
            /ping – whether I am there
            """,
        .unknownCommand: "I don't know that command. /help shows those I know.",
        .pong: "Pong! ({milliseconds} ms)",
        .status: """
            **Status**
            Hearing: {hearing}
            Thinking: {thinking}
            Speaking: {speaking}
            Waiting in this chat: {waiting}
            Language: {language} · mode: {mode} · voice: {voice}
            """,

        .languageNow: "Language: {language}.\n\n{list}\n\n`/language de` sets it, `/language auto` leaves it to what I hear.",
        .languageAutomatic: "From now on I go by what I hear.",
        .languageSet: "The language is {language} now.",
        .languageUnknown: "I don't know that language. These I know: {list}",
        .modeNow: "Mode: **{mode}**. `voice`: I always speak too; `both`: I speak when you do; `text`: I only write.",
        .modeSet: "Mode: **{mode}**.",
        .modeUnknown: "There are three modes: `/mode voice`, `/mode text` and `/mode both`.",
        .voiceNow: "Voice: **{voice}**. There are: {list}",
        .voiceSet: "My voice is **{voice}** now.",
        .voiceUnknown: "I don't have that voice. There are: {list}",
        .voicesNone: "There is no choice of voices here.",
        .voiceDefault: "the default",
        .nothingToSpeak: "There is no answer yet that I could speak.",
        .personaNow: "I am to be: {persona}",
        .personaNone: "I am just myself. `/persona a grumpy pirate` would change that.",
        .personaSet: "I'll be that from now on. `/persona off` ends it.",
        .personaCleared: "I am myself again.",
        .personaTooLong: "That is too long: {limit} characters are enough.",
        .reset: "A new conversation. What was said before, I no longer go by.",
        .historyEmpty: "There is nothing here yet.",
        .historyTitle: "**The last messages**",
        .cancelling: "Stopped.",
        .nothingToCancel: "There is nothing to stop.",
        .forgotten: """
            Done: I have deleted {count} messages and all else that I kept about you. Only how often you wrote is known for a day, because \
            of the limits.
            """,

        .listening: "🎧 Listening …",
        .thinking: "💭 Thinking …",
        .speaking: "🗣 Speaking …",
        .again: "⏳ That didn't work yet. Trying again in {wait} …",
        .cancelled: "✋ Stopped.",

        .nothingHeard: """
            I couldn't understand anything. Speak a little louder or nearer to the microphone, with less noise around, and in the language \
            that is set (/language).
            """,
        .tooShort: "That was too short: I need at least a tenth of a second.",
        .tooLong: "That message takes {seconds} s; I take up to {limit} s. Please say it in parts.",
        .tooLarge: "That file has {size} MB; I take up to {limit} MB.",
        .noSound: "I can't find any sound in that file.",
        .fileGone: "I can't fetch that file. Please send it again.",
        .noTranscriber: "I can't hear yet: no speech model is at hand. The bot's owner can add one. Please write to me meanwhile.",
        .noModel: "I can't think yet: no language model is at hand. The bot's owner can add one.",
        .languageNotSpoken: "My speech model doesn't know the language that is set. /language changes it.",
        .busy: "I am very busy at the moment. Please try again in {wait}.",
        .modelFailed: "My language model has failed. Please try again.",
        .nothingAnswered: "I have no answer to that. Try other words.",
        .outOfTime: "That took too long, and I gave up. Please try again, perhaps with a shorter question.",
        .platformTrouble: "There is trouble with the chat platform. Please try again later.",
        .failed: "Something went wrong on my side. Please try again. (`{code}`)",

        .voiceFailed: "_I couldn't speak this. /voice again tries once more._",
        .voiceRefused: "_I may not send voice messages here._",
        .voiceMissing: "_I can't speak: no voice model is at hand._",
        .voiceUncertain: "_The voice message may not have arrived. /voice again sends it._",
        .partUncertain: "_A part of this answer may not have arrived. /history 1 shows it._",
    ]
}
