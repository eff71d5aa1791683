import Foundation
import Testing
@testable import Voice

@Suite struct ChatLanguageTests {
    @Test func languagesHaveManyNames() {
        for (name, code) in [
            ("de", "de"), ("German", "de"), ("deutsch", "de"), ("allemand", "de"), ("tedesco", "de"), ("PORTUGUÊS", "pt"), ("portugues", "pt"),
            ("español", "es"), ("Norsk", "no"), ("nb", "no"), ("pt-BR", "pt"), ("日本語", "ja"), ("Mandarin", "zh"), ("ελληνικα", "el"),
        ] { #expect(ChatLanguage.named(name)?.code == code, "\(name)") }
        for name in ["", "klingon", "e", "deu", "german french", "d e"] { #expect(ChatLanguage.named(name) == nil, "\(name)") }
        #expect(ChatLanguage.all.count == 20)
        #expect(Set(ChatLanguage.all.map(\.code)).count == 20)
    }

    @Test(arguments: [
        ("change language to German", "de"), ("Change the language to German.", "de"), ("Please, change my language to german!", "de"),
        ("set language french", "fr"), ("Could you switch the language to Brazilian Portuguese, please?", "pt"), ("switch language to ja", "ja"),
        ("change language to the German language", "de"), ("set the language to Norwegian now", "no"),
        ("Stell die Sprache auf Englisch um!", "en"), ("Sprache auf Französisch", "fr"), ("Ändere bitte die Sprache auf Spanisch", "es"),
        ("Kannst du die Sprache auf Englisch umstellen?", "en"), ("cambia el idioma a inglés", "en"),
        ("Cambia el idioma al alemán, por favor", "de"),
        ("Change la langue en anglais", "en"), ("mets la langue en allemand s'il te plaît", "de"), ("passe la langue à l'anglais", "en"),
        ("Cambia la lingua in tedesco", "de"), ("imposta la lingua all'inglese", "en"), ("muda o idioma para inglês", "en"),
        ("mude a língua para francês", "fr"),
    ])
    func wishesAreHeard(_ text: String, _ code: String) { #expect(LanguageWish.language(in: text)?.code == code) }

    /// What only contains such words is for the model.
    @Test(arguments: [
        "How do I change the language to German?", "change language to German and tell me a joke", "I want to change language to German tomorrow",
        "change the subject to German", "He said: change language to German", "don't change language to German", "change language to Klingon",
        "change language", "language", "German", "set the language model to German", "change language to german or french",
        "exchange language to German", "change languages to German", "", "Die Sprache ist Deutsch", "to German",
        "What happens if I say change language to German", "change language to Germany",
    ])
    func talkIsNoWish(_ text: String) { #expect(LanguageWish.language(in: text) == nil) }

    @Test func textsAreThereInAllTheirLanguages() {
        for phrase in ChatPhrase.allCases { #expect(ChatTexts.english[phrase]?.isEmpty == false, "\(phrase)") }
        let most: [ChatPhrase] = [.start, .help, .stranger, .tooLong, .tooLarge, .nothingHeard, .failed, .tooFast, .busy]
        for language in ChatTexts.languages where language != "en" {
            for phrase in most { #expect(ChatTexts.translations[language]?[phrase] != nil, "\(language) \(phrase)") }
        }
        #expect(Set(ChatTexts.translations.keys).union(["en"]) == Set(ChatTexts.languages))
        for (language, texts) in ChatTexts.translations {
            for (phrase, text) in texts {
                let english = ChatTexts.english[phrase] ?? ""
                #expect(ChatTexts.places(in: text) == ChatTexts.places(in: english), "\(language) \(phrase)")
                #expect(text != english, "\(language) \(phrase)")
                // Commands are the same everywhere.
                for command in english.matches(of: #/\/[a-z]+/#).map({ String($0.output) }) {
                    #expect(text.contains(command), "\(language) \(phrase) \(command)")
                }
            }
        }
    }

    @Test func valuesAreFilledInOnce() {
        let texts = ChatTexts("de-AT")
        #expect(texts.language == "de")
        #expect(ChatTexts("xx").language == "en" && ChatTexts(nil).language == "en")
        #expect(texts(.languageSet, ["language": "{language}"]) == "Die Sprache ist jetzt {language}.")
        #expect(ChatTexts("de")(.pong, ["milliseconds": "3"]) == "Pong! (3 ms)")
        #expect(texts.time(0.2) == "1 s" && texts.time(60) == "60 s" && texts.time(119.5) == "2 min" && texts.time(7300) == "3 h")
        #expect(ChatTexts.megabytes(20 << 20) == "20" && ChatTexts.megabytes(1_600_000) == "1.5")
    }
}
