/// The words that stand for symbols, and for what can't be read aloud, in one language.
struct SpokenVocabulary: Sendable {
    /// Said once in place of a block of code; `nil`: nothing is.
    var codeNotice: String?
    /// Said before the host of an address.
    var linkTo = ""
    /// Words for symbols between or behind words. What isn't here is left to the synthesiser, or dropped.
    var symbols: [Unicode.Scalar: String] = [:]
    var currencies: [Unicode.Scalar: Currency] = [:]
    var minus: String?
    var power: String?
    /// `<=` and `>=`.
    var atMost: String?
    var atLeast: String?
    /// `#5`, `~5`, `C#`.
    var number: String?
    var about: String?
    var sharp: String?
    /// Between the two ends of a range of numbers.
    var rangeTo: String?
    /// Words that go between a number and its currency.
    var magnitudes: Set<String> = []

    struct Currency: Sendable {
        var one: String
        var many: String
    }

    /// The vocabulary of a language, by its ISO 639-1 code, with or without a region; `nil`: English. Where a language has none, symbols
    /// that synthesisers know by themselves stay, and nothing is said about what is left out.
    static func of(_ language: String?) -> SpokenVocabulary {
        let code = (language ?? "en").prefix { $0 != "-" && $0 != "_" }.lowercased()
        return all[code] ?? SpokenVocabulary()
    }

    /// - Parameters:
    ///   - symbols: words for `%`, `&`, `+`, `=`, `×`, `÷`, `<`, `>`, `@`, `°`, `°C`, `°F`, `±`, `≈`.
    ///   - words: minus, to the power of, at most, at least, number, about, sharp, to.
    ///   - money: one and many of `$`, `€`, `£`, `¥`, `₹`.
    private init(code: String, linkTo: String, symbols: [String], words: [String], money: [(String, String)], magnitudes: Set<String>) {
        codeNotice = code
        self.linkTo = linkTo
        let marks: [Unicode.Scalar] = ["%", "&", "+", "=", "×", "÷", "<", ">", "@", "°", "℃", "℉", "±", "≈"]
        self.symbols = Dictionary(uniqueKeysWithValues: zip(marks, symbols))
        minus = words[0]
        power = words[1]
        atMost = words[2]
        atLeast = words[3]
        number = words[4]
        about = words[5]
        sharp = words[6]
        rangeTo = words[7]
        let signs: [Unicode.Scalar] = ["$", "€", "£", "¥", "₹"]
        currencies = Dictionary(uniqueKeysWithValues: zip(signs, money.map { Currency(one: $0.0, many: $0.1) }))
        self.magnitudes = magnitudes
    }

    private init() {}

    private static let all: [String: SpokenVocabulary] = [
        "en": SpokenVocabulary(
            code: "I have left the code out.", linkTo: "a link to ",
            symbols: [
                "percent", "and", "plus", "equals", "times", "divided by", "less than", "greater than", "at", "degrees", "degrees Celsius",
                "degrees Fahrenheit", "plus or minus", "about",
            ],
            words: ["minus", "to the power of", "at most", "at least", "number", "about", "sharp", "to"],
            money: [("dollar", "dollars"), ("euro", "euros"), ("pound", "pounds"), ("yen", "yen"), ("rupee", "rupees")],
            magnitudes: ["hundred", "thousand", "million", "billion", "trillion"]),
        "de": SpokenVocabulary(
            code: "Den Code habe ich ausgelassen.", linkTo: "ein Link zu ",
            symbols: [
                "Prozent", "und", "plus", "gleich", "mal", "geteilt durch", "kleiner als", "größer als", "at", "Grad", "Grad Celsius",
                "Grad Fahrenheit", "plus minus", "ungefähr",
            ],
            words: ["minus", "hoch", "höchstens", "mindestens", "Nummer", "ungefähr", "sharp", "bis"],
            money: [("Dollar", "Dollar"), ("Euro", "Euro"), ("Pfund", "Pfund"), ("Yen", "Yen"), ("Rupie", "Rupien")],
            magnitudes: ["hundert", "tausend", "million", "millionen", "milliarde", "milliarden", "billion", "billionen"]),
        "fr": SpokenVocabulary(
            code: "J’ai laissé le code de côté.", linkTo: "un lien vers ",
            symbols: [
                "pour cent", "et", "plus", "égale", "fois", "divisé par", "inférieur à", "supérieur à", "arobase", "degrés", "degrés Celsius",
                "degrés Fahrenheit", "plus ou moins", "environ",
            ],
            words: ["moins", "puissance", "au plus", "au moins", "numéro", "environ", "dièse", "à"],
            money: [("dollar", "dollars"), ("euro", "euros"), ("livre", "livres"), ("yen", "yens"), ("roupie", "roupies")],
            magnitudes: ["cent", "mille", "million", "millions", "milliard", "milliards"]),
        "es": SpokenVocabulary(
            code: "He omitido el código.", linkTo: "un enlace a ",
            symbols: [
                "por ciento", "y", "más", "igual a", "por", "dividido por", "menor que", "mayor que", "arroba", "grados", "grados Celsius",
                "grados Fahrenheit", "más o menos", "aproximadamente",
            ],
            words: ["menos", "elevado a", "como máximo", "como mínimo", "número", "aproximadamente", "sharp", "a"],
            money: [("dólar", "dólares"), ("euro", "euros"), ("libra", "libras"), ("yen", "yenes"), ("rupia", "rupias")],
            magnitudes: ["mil", "millón", "millones", "billón", "billones"]),
        "it": SpokenVocabulary(
            code: "Ho tralasciato il codice.", linkTo: "un link a ",
            symbols: [
                "per cento", "e", "più", "uguale a", "per", "diviso", "minore di", "maggiore di", "chiocciola", "gradi", "gradi Celsius",
                "gradi Fahrenheit", "più o meno", "circa",
            ],
            words: ["meno", "elevato a", "al massimo", "almeno", "numero", "circa", "sharp", "a"],
            money: [("dollaro", "dollari"), ("euro", "euro"), ("sterlina", "sterline"), ("yen", "yen"), ("rupia", "rupie")],
            magnitudes: ["mila", "milione", "milioni", "miliardo", "miliardi"]),
        "pt": SpokenVocabulary(
            code: "Deixei o código de fora.", linkTo: "uma ligação para ",
            symbols: [
                "por cento", "e", "mais", "igual a", "vezes", "dividido por", "menor que", "maior que", "arroba", "graus", "graus Celsius",
                "graus Fahrenheit", "mais ou menos", "cerca de",
            ],
            words: ["menos", "elevado a", "no máximo", "no mínimo", "número", "cerca de", "sharp", "a"],
            money: [("dólar", "dólares"), ("euro", "euros"), ("libra", "libras"), ("iene", "ienes"), ("rupia", "rupias")],
            magnitudes: ["mil", "milhão", "milhões", "bilhão", "bilhões"]),
        "nl": SpokenVocabulary(
            code: "De code heb ik weggelaten.", linkTo: "een link naar ",
            symbols: [
                "procent", "en", "plus", "is gelijk aan", "keer", "gedeeld door", "kleiner dan", "groter dan", "at", "graden", "graden Celsius",
                "graden Fahrenheit", "plus of min", "ongeveer",
            ],
            words: ["min", "tot de macht", "hoogstens", "minstens", "nummer", "ongeveer", "sharp", "tot"],
            money: [("dollar", "dollar"), ("euro", "euro"), ("pond", "pond"), ("yen", "yen"), ("roepie", "roepies")],
            magnitudes: ["honderd", "duizend", "miljoen", "miljard", "biljoen"]),
    ]
}
