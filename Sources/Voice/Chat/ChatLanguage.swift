import Foundation

/// A language that people can have the bot listen to and speak.
public struct ChatLanguage: Sendable, Equatable {
    /// ISO 639-1.
    public var code: String
    public var englishName: String
    public var ownName: String

    public static let all = [
        ChatLanguage(code: "en", englishName: "English", ownName: "English"),
        ChatLanguage(code: "es", englishName: "Spanish", ownName: "Español"),
        ChatLanguage(code: "fr", englishName: "French", ownName: "Français"),
        ChatLanguage(code: "de", englishName: "German", ownName: "Deutsch"),
        ChatLanguage(code: "it", englishName: "Italian", ownName: "Italiano"),
        ChatLanguage(code: "pt", englishName: "Portuguese", ownName: "Português"),
        ChatLanguage(code: "ru", englishName: "Russian", ownName: "Русский"),
        ChatLanguage(code: "ja", englishName: "Japanese", ownName: "日本語"),
        ChatLanguage(code: "ko", englishName: "Korean", ownName: "한국어"),
        ChatLanguage(code: "zh", englishName: "Chinese", ownName: "中文"),
        ChatLanguage(code: "ar", englishName: "Arabic", ownName: "العربية"),
        ChatLanguage(code: "hi", englishName: "Hindi", ownName: "हिन्दी"),
        ChatLanguage(code: "nl", englishName: "Dutch", ownName: "Nederlands"),
        ChatLanguage(code: "sv", englishName: "Swedish", ownName: "Svenska"),
        ChatLanguage(code: "no", englishName: "Norwegian", ownName: "Norsk"),
        ChatLanguage(code: "da", englishName: "Danish", ownName: "Dansk"),
        ChatLanguage(code: "fi", englishName: "Finnish", ownName: "Suomi"),
        ChatLanguage(code: "pl", englishName: "Polish", ownName: "Polski"),
        ChatLanguage(code: "tr", englishName: "Turkish", ownName: "Türkçe"),
        ChatLanguage(code: "el", englishName: "Greek", ownName: "Ελληνικά"),
    ]

    /// - Parameter code: also with a region behind it, as platforms give them.
    public static func with(code: String) -> ChatLanguage? {
        let plain = code.lowercased().split { $0 == "-" || $0 == "_" }.first.map(String.init)
        // Norwegian has codes of its two written forms.
        let known = plain == "nb" || plain == "nn" ? "no" : plain
        return all.first { $0.code == known }
    }

    /// The language that a code or a name means, written in its own language or in one of those that the bot has texts in.
    public static func named(_ text: String) -> ChatLanguage? {
        if let language = names[folded(text)] { return language }
        return text.contains(where: \.isWhitespace) ? nil : with(code: text)
    }

    /// Every way to name a language, folded.
    private static let names: [String: ChatLanguage] = {
        var names: [String: ChatLanguage] = [:]
        for language in all {
            names[folded(language.code)] = language
            names[folded(language.englishName)] = language
            names[folded(language.ownName)] = language
            for reader in ChatTexts.languages {
                guard let name = Locale(identifier: reader).localizedString(forLanguageCode: language.code) else { continue }
                names[folded(name)] = language
            }
        }
        for (name, code) in ["mandarin": "zh", "castellano": "es", "castilian": "es", "bokmal": "no", "brazilian portuguese": "pt"] {
            names[name] = with(code: code)
        }
        return names
    }()

    /// Lower case, without accents, words apart by single spaces and nothing else between them.
    static func folded(_ text: String) -> String {
        let plain = text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: Locale(identifier: "en"))
        return plain.split { !($0.isLetter || $0.isNumber) }.joined(separator: " ")
    }
}

/// Finds the wish to change the language in what somebody said.
///
///     LanguageWish.language(in: "Please change the language to German.")      // German
///     LanguageWish.language(in: "How do I change the language to German?")    // nil
///
/// The whole utterance must be the wish: what merely has its words in it is for the model.
public enum LanguageWish {
    /// How wishes begin and may end, in one language. A language's name stands in between.
    private struct Grammar {
        var verbs: [String]
        var things: [String]
        /// May be missing.
        var links: [String]
        var ends: [String] = []

        /// All beginnings, folded, the longest first.
        var beginnings: [String] {
            let all = verbs.flatMap { verb in things.flatMap { thing in (links + [""]).map { "\(verb) \(thing) \($0)" } } }
            return all.map { ChatLanguage.folded($0) + " " }.sorted { $0.count > $1.count }
        }
    }

    private static let grammars = [
        Grammar(
            verbs: ["change", "set", "switch"], things: ["language", "the language", "my language", "your language"], links: ["to", "into", "to the"],
            ends: ["now", "language"]),
        Grammar(
            verbs: ["ändere", "änder", "stell", "stelle", "setz", "setze", "wechsle", "wechsel", "schalte", ""],
            things: ["sprache", "die sprache", "meine sprache", "deine sprache"], links: ["auf", "zu", "nach", "in", "ins"],
            ends: ["um", "stellen", "umstellen", "ändern", "wechseln", "setzen", "umschalten"]),
        Grammar(
            verbs: ["cambia", "cambiar", "pon", "poner"], things: ["idioma", "el idioma", "mi idioma", "tu idioma", "la lengua"],
            links: ["a", "al", "en", "por"]),
        Grammar(
            verbs: ["change", "changer", "changez", "mets", "mettre", "passe", "passer"], things: ["langue", "la langue", "ma langue", "ta langue"],
            links: ["en", "à", "à l'", "au", "vers", "pour", "pour l'", "pour le"]),
        Grammar(
            verbs: ["cambia", "cambiare", "imposta", "metti"], things: ["lingua", "la lingua", "la mia lingua", "la tua lingua"],
            links: ["in", "a", "su", "all'", "al", "allo"]),
        Grammar(
            verbs: ["muda", "mude", "mudar", "altera", "altere", "alterar", "troca", "troque", "trocar", "define", "defina"],
            things: ["idioma", "o idioma", "a língua", "língua", "meu idioma", "o meu idioma"], links: ["para", "para o", "em", "pra"]),
    ]

    private static let beginnings = grammars.map(\.beginnings)
    private static let ends = grammars.map { $0.ends.map(ChatLanguage.folded) }

    /// What is said around a wish.
    private static let courtesies = [
        "hey", "now", "ok", "okay", "can you", "could you", "would you", "kannst du", "konntest du", "por favor", "puedes", "s il te plait",
        "s il vous plait", "per favore", "puoi", "podes", "pode",
    ]
    /// What is said anywhere in it.
    private static let fillers: Set<Substring> = ["please", "bitte"]

    public static func language(in text: String) -> ChatLanguage? {
        // Nobody needs so many words for it.
        guard text.utf8.count <= 200 else { return nil }
        let words = withoutCourtesies(ChatLanguage.folded(text))
        for (beginnings, ends) in zip(beginnings, ends) {
            for beginning in beginnings where words.hasPrefix(beginning) {
                let rest = String(words.dropFirst(beginning.count))
                if let language = ChatLanguage.named(rest) { return language }
                for end in ends where rest.hasSuffix(" " + end) {
                    if let language = ChatLanguage.named(String(rest.dropLast(end.count + 1))) { return language }
                }
            }
        }
        return nil
    }

    private static func withoutCourtesies(_ text: String) -> String {
        var text = text.split(separator: " ").filter { !fillers.contains($0) }.joined(separator: " ")
        while true {
            if let courtesy = courtesies.first(where: { text.hasPrefix($0 + " ") }) {
                text = String(text.dropFirst(courtesy.count + 1))
            } else if let courtesy = courtesies.first(where: { text.hasSuffix(" " + $0) }) {
                text = String(text.dropLast(courtesy.count + 1))
            } else {
                return text
            }
        }
    }
}
