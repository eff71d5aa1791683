/// A part of a text up to a mark that makes a pause, as espeak-ng cuts it.
struct PhonemeClause: Equatable {
    /// With its marks.
    var text: String
    /// What Piper's voices know of the mark: one of `. , ; : ? !`, or nothing.
    var mark: String
    var endsSentence: Bool

    /// - Returns: the clauses that have something to say.
    ///
    /// espeak-ng prints a line of phonemes for each of them. The rules were found by comparing with the clauses that Piper's own
    /// phonemiser, which uses espeak-ng as a library, is given.
    static func cut(_ text: String) -> [PhonemeClause] {
        var clauses: [PhonemeClause] = []
        var open = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        func close(_ mark: Mark) {
            if open.contains(where: isSpoken) {
                clauses.append(PhonemeClause(text: String(open), mark: mark.text, endsSentence: mark.endsSentence))
            } else if mark.endsSentence, let last = clauses.indices.last {
                clauses[last].endsSentence = true
            }
            open = .init()
        }
        var place = 0
        while place < scalars.count {
            let scalar = scalars[place]
            if let mark = marks[scalar] {
                var end = place
                var isAnywhere = false
                while end < scalars.count, let next = marks[scalars[end]] {
                    isAnywhere = isAnywhere || next.isAnywhere
                    end += 1
                }
                open.append(contentsOf: scalars[place..<end])
                if isAnywhere || ends(at: end, in: scalars, after: scalar) { close(mark) }
                place = end
            } else if scalar.properties.isWhitespace {
                var end = place
                while end < scalars.count, scalars[end].properties.isWhitespace { end += 1 }
                open.append(" ")
                // A blank line.
                if scalars[place..<end].count(where: { $0 == "\n" }) > 1 { close(Mark("", endsSentence: true)) }
                place = end
            } else {
                open.append(scalar)
                place += 1
            }
        }
        close(Mark("", endsSentence: true))
        // What trails off at the very end is an end all the same.
        if let last = clauses.indices.last, clauses[last].mark == ",", clauses[last].text.hasSuffix("\u{2026}") { clauses[last].mark = "." }
        return clauses
    }

    /// Whether a run of marks that ends at `place` makes a pause: words such as 3.14, 10:30 or example.com go on.
    private static func ends(at place: Int, in scalars: [Unicode.Scalar], after first: Unicode.Scalar) -> Bool {
        guard place < scalars.count else { return true }
        guard scalars[place].properties.isWhitespace else { return closers.contains(scalars[place]) }
        guard first == ".", scalars[place] != "\n" else { return true }
        let next = scalars[place...].first { !$0.properties.isWhitespace }
        return next.map { !$0.properties.isLowercase } ?? true
    }

    private struct Mark {
        var text: String
        var endsSentence: Bool
        var isAnywhere: Bool

        init(_ text: String, endsSentence: Bool = false, isAnywhere: Bool = false) {
            self.text = text
            self.endsSentence = endsSentence
            self.isAnywhere = isAnywhere
        }
    }

    private static let marks: [Unicode.Scalar: Mark] = {
        var marks: [Unicode.Scalar: Mark] = [
            ".": Mark(".", endsSentence: true), "?": Mark("?", endsSentence: true), "!": Mark("!", endsSentence: true), ",": Mark(","),
            ";": Mark(";"), ":": Mark(":"), "\u{2013}": Mark(";"), "\u{2014}": Mark(";"), "\u{61F}": Mark("?", endsSentence: true),
            "\u{203C}": Mark("!", endsSentence: true), "\u{2047}": Mark("?", endsSentence: true),
        ]
        // Piper writes nothing for these, and so glues the words around them; their Latin fellows are better.
        for (scalar, text) in ["\u{3001}": ",", "\u{FF0C}": ",", "\u{FF1A}": ":", "\u{FF1B}": ";", "\u{2026}": ",", "\u{BF}": ",", "\u{A1}": ","]
            as [Unicode.Scalar: String]
        {
            marks[scalar] = Mark(text, isAnywhere: true)
        }
        for (scalar, text) in ["\u{3002}": ".", "\u{FF0E}": ".", "\u{FF01}": "!", "\u{FF1F}": "?", "\u{964}": "."] as [Unicode.Scalar: String] {
            marks[scalar] = Mark(text, endsSentence: true, isAnywhere: true)
        }
        return marks
    }()

    private static let closers = Set("\"'()<>[]`{}\u{AB}\u{BB}\u{2015}\u{2018}\u{2019}\u{201A}\u{201B}\u{201C}\u{201D}\u{201E}\u{201F}\u{300A}\u{300B}".unicodeScalars)

    /// Whether espeak-ng has a word for it.
    private static func isSpoken(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || symbols.contains(scalar)
    }

    private static let symbols = Set("#$%&*+/=@\\~\u{A2}\u{A3}\u{A4}\u{A5}\u{A7}\u{A9}\u{AE}\u{B0}\u{B1}\u{B6}\u{D7}\u{F7}\u{20AC}\u{20B9}\u{2190}\u{2192}\u{2260}\u{2264}\u{2265}\u{221E}\u{2122}\u{25CF}".unicodeScalars)
}
