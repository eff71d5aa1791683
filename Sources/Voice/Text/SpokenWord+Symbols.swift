/// Symbols in words.
extension SpokenWord {
    mutating func readSymbol(_ symbol: Unicode.Scalar) {
        let before = scalar(index - 1)
        let end = endOfRun()
        let after = scalar(end)
        let isBetweenDigits = before?.isASCIIDigit == true && after?.isASCIIDigit == true
        let isBetweenWords = before?.isWordPart == true && after?.isWordPart == true
        let touchesWord = before?.isWordPart == true || after?.isWordPart == true
        // Marks of emphasis part no word, other symbols do.
        switch symbol {
        case "*":
            if isBetweenDigits, end - index <= 2 { return say(end - index == 1 ? vocabulary.symbols["×"] : vocabulary.power, to: end) }
            if isAlone, followsNumber || previous.count == 1 && previous[0].isASCIILetter { return say(vocabulary.symbols["×"], to: end) }
            index = end
        case "~":
            if end - index == 1, before?.isWordPart != true, after?.isASCIIDigit == true { return say(vocabulary.about, to: end) }
            index = end
        case "^" where isBetweenWords: say(vocabulary.power, to: end)
        case "%":
            if vocabulary.symbols.isEmpty { return keep() }
            say(touchesWord || followsNumber ? vocabulary.symbols["%"] : nil, to: end)
        case "&": readAmpersand(touchesWord: touchesWord)
        case "+":
            if end - index <= 2, touchesWord || isAlone {
                for _ in index..<end { say(vocabulary.symbols["+"]) }
                index = end
            } else {
                skip(to: end)
            }
        case "=":
            if after == ">" {
                pause()
                index = end + 1
            } else if end - index <= 3, isBetweenWords || scalars.count == end - index {
                say(vocabulary.symbols["="], to: end)
            } else {
                skip(to: end)
            }
        case "<", ">": readAngle(symbol, end: end)
        case "/":
            if isBetweenDigits { keep() } else { skip(to: end) }
        case "@": say(after?.isWordPart == true ? vocabulary.symbols["@"] : nil, to: end)
        case "#":
            if before?.isWordPart != true, after?.isASCIIDigit == true { return say(vocabulary.number, to: end) }
            if before?.isASCIILetter == true, after?.isWordPart != true { return say(vocabulary.sharp, to: end) }
            skip(to: end)
        case "-": readHyphens(end: end)
        case "$": readMoney(symbol)
        default: skip(to: end)
        }
    }

    mutating func readBeyondASCII(_ scalar: Unicode.Scalar) {
        let before = self.scalar(index - 1)
        let after = self.scalar(index + 1)
        switch scalar {
        case "–", "—", "―":
            if scalar == "–", before?.isASCIIDigit == true, after?.isASCIIDigit == true { return say(vocabulary.rangeTo, to: index + 1) }
            if isAlone, followsNumber, precedesNumber { return say(vocabulary.minus, to: index + 1) }
            pause()
            index += 1
        case "−": say(after?.isASCIIDigit == true || precedesNumber ? vocabulary.minus : nil, to: index + 1)
        case "→", "⇒", "➜", "➔", "←", "↔":
            pause()
            index += 1
        case "°":
            if vocabulary.symbols.isEmpty { return keep() }
            if after == "C" || after == "F", self.scalar(index + 2)?.isWordPart != true {
                say(vocabulary.symbols[after == "C" ? "℃" : "℉"], to: index + 2)
            } else {
                say(vocabulary.symbols["°"], to: index + 1)
            }
        case "≤": say(vocabulary.atMost, to: index + 1)
        case "≥": say(vocabulary.atLeast, to: index + 1)
        case "×", "÷", "±", "≈", "℃", "℉": say(vocabulary.symbols[scalar], to: index + 1)
        case "€", "£", "¥", "₹": readMoney(scalar)
        case "\u{200D}":
            // Between pictures it joins them, between letters it shapes them.
            if let before, !before.isPictorial { out.append(scalar) }
            index += 1
        case "\u{200C}", "\u{AD}": keep(unless: scalar == "\u{AD}")
        case "\u{A0}", "\u{202F}", "\u{2009}":
            out.append(" ")
            index += 1
        case "•", "·", "▪", "●", "◦", "‣", "§", "¶", "†", "‡": skip(to: index + 1)
        default: keep(unless: scalar.isPictorial || isUnspoken(scalar))
        }
    }

    private func isUnspoken(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .otherSymbol, .modifierSymbol, .mathSymbol, .control, .format, .privateUse, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
            true
        default: false
        }
    }

    private mutating func keep(unless isDropped: Bool = false) {
        if !isDropped { out.append(scalars[index]) }
        index += 1
    }

    /// Says the word for a symbol; where there is none, the symbol is passed over.
    private mutating func say(_ word: String?, to end: Int) {
        guard let word else { return skip(to: end) }
        say(word)
        index = end
    }

    private mutating func readAmpersand(touchesWord: Bool) {
        let names: [(String, String?)] = [
            ("&amp;", vocabulary.symbols["&"]), ("&lt;", vocabulary.symbols["<"]), ("&gt;", vocabulary.symbols[">"]), ("&nbsp;", ""), ("&quot;", ""),
            ("&#39;", nil),
        ]
        for (name, word) in names where scalars[index...].starts(with: name.unicodeScalars) {
            if let word { say(word) } else { out.append("'") }
            index += name.unicodeScalars.count
            return
        }
        say(touchesWord || isAlone ? vocabulary.symbols["&"] : nil, to: endOfRun())
    }

    private mutating func readAngle(_ symbol: Unicode.Scalar, end: Int) {
        let before = scalar(index - 1)
        let after = scalar(end)
        let isBetweenWords = before?.isWordPart == true && after?.isWordPart == true
        if after == "=" {
            say(symbol == "<" ? vocabulary.atMost : vocabulary.atLeast, to: end + 1)
        } else if end - index == 1, isAlone || isBetweenWords || (before == nil && after?.isASCIIDigit == true) {
            say(vocabulary.symbols[symbol], to: end)
        } else {
            skip(to: end)
        }
    }

    private mutating func readHyphens(end: Int) {
        let before = scalar(index - 1)
        let after = scalar(end)
        if after == ">" {
            pause()
            index = end + 1
        } else if isAlone, followsNumber, precedesNumber {
            say(vocabulary.minus, to: end)
        } else if scalars.count == end - index || (end - index > 1 && before != nil) {
            if end - index <= 3 { pause() }
            index = end
        } else if before == nil, after?.isASCIIDigit != true {
            // An option of a command.
            index = end
        } else {
            keep()
        }
    }
}
