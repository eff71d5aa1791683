/// The words around ages, folded as texts are.
enum AgeVocabulary {
    static let english: [String: Int] = numbered(
        """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
        """
    ).merging(["thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80]) { first, _ in first }

    /// Number words from one on, in one language a line.
    static let foreign: [String: Int] = {
        let languages = """
            un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt
            uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve \
            veinte
            um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte
            ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn \
            zwanzig
            uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto
            een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien \
            twintig
            jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie trzynascie czternascie pietnascie \
            szesnascie siedemnascie osiemnascie dziewietnascie dwadziescia
            один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать \
            семнадцать восемнадцать девятнадцать двадцать
            bir iki uc dort bes alti yedi sekiz dokuz on
            ek do teen char paanch chhe saat aath nau das gyarah barah terah chaudah pandrah solah satrah atharah unnis bees
            एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस
            """
        var numbers = ["dezasseis": 16, "dezassete": 17, "yirmi": 20, "otuz": 30, "trente": 30, "treinta": 30, "trinta": 30]
        for language in languages.split(separator: "\n") { numbers.merge(numbered(String(language))) { first, _ in first } }
        return numbers
    }()

    private static func numbered(_ words: String) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (index, word) in words.split(separator: " ").enumerated() {
            let folded = FoldedText.fold(String(word)).compactMap { Unicode.Scalar($0.value) }
            numbers[String(String.UnicodeScalarView(folded))] = index + 1
        }
        return numbers
    }

    static let numerals: [String: Int] = [
        "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
    ]

    static let wholeUnits: Set<String> = ["yo", "yos", "yearold", "yearolds", "yrold", "y", "yro"]
    static let periods: Set<String> = ["year", "years", "yr", "yrs", "month", "months", "week", "weeks", "day", "days", "yer", "yaer"]
    static let shortPeriods: Set<String> = ["month", "months", "week", "weeks", "day", "days"]
    static let oldness: Set<String> = ["old", "olds", "young"]
    static let rangeWords: Set<String> = ["to", "or", "and", "bis", "oder", "a", "o", "ou", "tot", "do"]
    static let foreignUnits: Set<String> = [
        "ans", "an", "años", "anos", "anni", "jahre", "jahren", "jaar", "lat", "latek", "лет", "года", "год", "годика", "سنه", "عام",
        "عاما",
        "سنوات", "سنين", "اعوام", "ساله", "سال", "साल", "वर्ष", "वर्षीय", "saal", "sal", "baras", "岁", "歲", "歳", "才", "살", "세", "tuoi",
        "tahun",
        "godina", "rokiv", "рокив", "letni", "letnia",
    ]
    static let foreignUnitStems = ["jahrig", "jarig", "летн", "yasind", "letni"]

    static let timeBefore: Set<String> = [
        "for", "since", "hace", "durante", "desde", "seit", "depuis", "past", "last", "next", "within", "every", "in", "over", "после",
        "через", "fa", "em", "przez", "sinds", "through", "during", "pendant", "vor",
    ]
    static let timeAfter: Set<String> = [
        "ago", "anniversary", "anniversaire", "aniversario", "later", "geleden", "назад", "temu", "once", "experience", "experiencia",
        "warranty", "garantie", "garantia", "together", "married", "casados", "matrimonio", "marriage", "mariage", "ehe", "erfahrung",
        "contract", "reunion", "fa", "atras", "plus", "service", "peace", "war", "вместе",
    ]
    static let things: Set<String> = [
        "whisky", "whiskey", "scotch", "bourbon", "wine", "rum", "cognac", "cheese", "house", "car", "truck", "tree", "trees", "building",
        "church", "castle", "dog", "cat", "photo", "photos", "bottle", "company", "laptop", "phone", "computer", "bike", "boat", "sofa",
        "tradition", "oak", "bonsai", "cottage", "cabin", "vin", "vino", "wein", "auto", "haus", "coche", "bridge", "temple", "painting",
    ]

    static let fillers: Set<String> = ["around", "about", "approximately", "only", "just", "roughly", "maybe", "like", "at", "now",
    "almost"]
    static let ageWords: Set<String> = [
        "aged", "age", "ages", "edad", "idade", "eta", "alter", "leeftijd", "wiek", "возраст", "возрасте", "yasi", "عمرها", "عمره",
        "عمر", "उम्र",
        "umr", "agée", "agee",
    ]
    static let below: Set<String> = [
        "under", "below", "barely", "nearly", "almost", "not", "isnt", "before", "unter", "moins", "sous", "до", "младше", "onder", "sub",
    ]
    static let less: Set<String> = ["younger", "less", "menor", "menores", "menos", "moins", "junger", "jonger"]
    static let above: Set<String> = ["over", "above", "than", "least", "uber", "plus", "старше"]
    static let looks: Set<String> = [
        "look", "looks", "looking", "appear", "appears", "appearing", "seems", "seem", "turning", "turned", "turns", "turn",
    ]
    static let being: Set<String> = ["is", "s", "m", "am", "was", "re", "im", "shes", "hes", "ist", "es", "are"]
    /// What a number counts after "is", instead of years.
    static let countables: Set<String> = [
        "price", "cost", "it", "this", "number", "size", "total", "temperature", "time", "score", "level", "page", "which", "that",
        "there",
        "answer", "limit", "rating", "channel", "room", "bus", "track", "chapter", "volume", "part", "what", "here", "sum", "result",
        "ratio",
    ]
    static let measures: Set<String> = [
        "minutes", "minute", "min", "mins", "seconds", "second", "sec", "hours", "hour", "hrs", "days", "day", "weeks", "months",
        "years", "cm",
        "mm", "m", "km", "miles", "mile", "feet", "foot", "ft", "inch", "inches", "percent", "kg", "lbs", "pounds", "dollars", "euros",
        "times",
        "pm", "am", "degrees", "people", "pages", "items", "pixels", "px", "steps", "bucks", "k", "grams", "g", "metres", "meters",
    ]
    static let persons: Set<String> = [
        "girl", "boy", "female", "male", "student", "kid", "child", "teen", "teenager", "daughter", "son", "niece", "nephew", "sister",
        "brother", "cousin", "chica", "chico", "fille", "garcon", "madchen", "junge", "ragazza", "ragazzo", "menina", "menino",
        "meisje", "jongen",
        "niña", "niño", "девочка", "девушка", "kiz", "ladki", "schoolgirl", "schoolboy", "woman", "man", "lady", "virgin",
    ]
    /// What a bare number behind it makes an age of: "topless 14".
    static let exposed: Set<String> = ["nude", "naked", "topless", "undressed", "undressing", "sexy"]
    static let phraseEnds: Set<String> = [
        "and", "in", "with", "but", "or", "today", "this", "next", "wearing", "so", "tomorrow", "now", "at", "on", "yet", "posing",
        "who", "she",
        "he", "naked", "nude", "topless", "undressing", "sexy",
    ]
    static let vehicles: Set<String> = [
        "fighter", "jet", "tomcat", "falcon", "eagle", "rifle", "tank", "bmw", "plane", "aircraft", "carbine", "airplane", "pilot",
        "cockpit",
        "ford", "truck", "raptor", "bus", "motorway", "metre", "gun",
    ]
    static let photography: Set<String> = [
        "mm", "lens", "iso", "aperture", "bokeh", "dof", "photography", "canon", "nikon", "sony", "exposure", "camera", "dslr", "leica",
        "fujifilm",
    ]
}
