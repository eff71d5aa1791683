/// Makes of one word, as a model wrote it, what is said.
struct SpokenWord {
    struct Spoken {
        var text: [Unicode.Scalar]
        /// The next word is in it already.
        var takesNext = false
    }

    let token: SpokenToken
    let scalars: [Unicode.Scalar]
    /// The words around it, as they were written.
    let previous: [Unicode.Scalar]
    let next: SpokenToken?
    let vocabulary: SpokenVocabulary
    var out: [Unicode.Scalar] = []
    var index = 0
    var takesNext = false
    /// How many `$` the word has: two of them enclose mathematics.
    private(set) var signs = 0

    static func spoken(_ token: SpokenToken, after previous: [Unicode.Scalar], before next: SpokenToken?, _ vocabulary: SpokenVocabulary) -> Spoken {
        if token.scalars.allSatisfy(isPlain) { return Spoken(text: token.scalars) }
        var word = SpokenWord(token: token, scalars: token.scalars, previous: previous, next: next, vocabulary: vocabulary)
        word.read()
        return Spoken(text: word.tidied, takesNext: word.takesNext)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", ",", ";", ":", "!", "?", "'", "\"", "(", ")": true
        default: false
        }
    }

    private static func opens(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "(", "\"", "'", "“", "‘", "«", "„": true
        default: false
        }
    }

    private static func followsDirectly(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ",", ";", ":", "!", "?", ")", "\"", "'", "”", "’": true
        default: false
        }
    }

    /// Without blanks at the ends, repeated ones, and those in front of stops.
    private var tidied: [Unicode.Scalar] {
        var tidied: [Unicode.Scalar] = []
        for scalar in out where scalar != " " || (!tidied.isEmpty && tidied.last != " ") {
            if tidied.last == " ", Self.followsDirectly(scalar) { tidied.removeLast() }
            tidied.append(scalar)
        }
        if tidied.last == " " { tidied.removeLast() }
        return tidied
    }

    private mutating func read() {
        let address = SpokenAddress.find(in: scalars)
        signs = scalars.count { $0 == "$" }
        while index < scalars.count {
            if let address, index == address.range.lowerBound {
                say(vocabulary.linkTo + address.host)
                index = address.range.upperBound
            } else {
                readScalar()
            }
        }
    }

    private mutating func readScalar() {
        let scalar = scalars[index]
        if scalar.value < 128 {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", ",", ";", ":", "!", "?", "'", "\"", "(", ")":
                out.append(scalar)
                index += 1
            default: readSymbol(scalar)
            }
        } else {
            readBeyondASCII(scalar)
        }
    }

    // MARK: What stands around

    func scalar(_ place: Int) -> Unicode.Scalar? { scalars.indices.contains(place) ? scalars[place] : nil }

    /// Where the run of equal scalars ends that begins here, or a long piece of it.
    func endOfRun() -> Int {
        var end = index + 1
        let farthest = min(scalars.count, index + 64)
        while end < farthest, scalars[end] == scalars[index] { end += 1 }
        return end
    }

    /// Whether the word is this symbol alone.
    var isAlone: Bool { scalars.count == 1 && token.isSpaced }

    var followsNumber: Bool { previous.last?.isASCIIDigit == true || (previous.last == ")" && previous.count > 1) }

    var precedesNumber: Bool { next?.scalars.first?.isASCIIDigit == true }

    // MARK: What comes out

    /// Adds a word with blanks around it.
    mutating func say(_ word: String?) {
        guard let word else { return }
        if let last = out.last, !Self.opens(last) { out.append(" ") }
        out.append(contentsOf: word.unicodeScalars)
        out.append(" ")
    }

    /// A short rest, as for a dash.
    mutating func pause() {
        while out.last == " " { out.removeLast() }
        out.append(",")
        out.append(" ")
    }

    /// Passes over the symbol; what it stood between stays apart.
    mutating func skip(to end: Int) {
        if let before = scalar(index - 1), before.isWordPart, let after = scalar(end), after.isWordPart { out.append(" ") }
        index = end
    }
}
