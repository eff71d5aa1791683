/// Sums of money: the currency is said behind the number, whatever side it is written on.
extension SpokenWord {
    private static let shortMagnitudes: [String: String] = [
        "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "B": "billion", "b": "billion", "bn": "billion",
        "T": "trillion",
    ]

    mutating func readMoney(_ sign: Unicode.Scalar) {
        guard let currency = vocabulary.currencies[sign] else {
            // The synthesiser may know what it is called; a lone `$` is a mark of mathematics.
            if vocabulary.currencies.isEmpty, sign != "$" || isNearNumber { out.append(sign) }
            index += 1
            return
        }
        index += 1
        if scalar(index)?.isASCIIDigit == true {
            readSum(currency)
        } else if signs > 1 {
            // Marks of mathematics.
        } else if scalar(index - 2)?.isASCIIDigit == true || (index == 1 && followsNumber) {
            let number = scalar(index - 2)?.isASCIIDigit == true ? Array(scalars[..<(index - 1)]) : previous
            say(number == ["1"] ? currency.one : currency.many)
        } else if sign != "$" {
            say(currency.one)
        }
    }

    private var isNearNumber: Bool {
        scalar(index + 1)?.isASCIIDigit == true || scalar(index - 1)?.isASCIIDigit == true || (scalars.count == 1 && followsNumber)
    }

    /// Reads the number behind the sign; `million` and its like come before the currency, also from the next word.
    private mutating func readSum(_ currency: SpokenVocabulary.Currency) {
        let start = index
        while let digit = scalar(index), digit.isASCIIDigit || ((digit == "." || digit == ",") && scalar(index + 1)?.isASCIIDigit == true) {
            index += 1
        }
        let number = scalars[start..<index]
        out.append(contentsOf: number)
        var isOne = number.elementsEqual(CollectionOfOne("1"))
        let letters = scalars[index...].prefix { $0.isASCIILetter }
        if !letters.isEmpty {
            let suffix = String(String.UnicodeScalarView(letters))
            isOne = false
            if vocabulary.magnitudes.contains("thousand"), let magnitude = Self.shortMagnitudes[suffix] { say(magnitude) } else { say(suffix) }
            index += letters.count
        } else if index == scalars.count, let next {
            let word = next.scalars.prefix { $0.isWordPart }
            if vocabulary.magnitudes.contains(String(String.UnicodeScalarView(word)).lowercased()),
                next.scalars.dropFirst(word.count).allSatisfy({ [".", ",", ";", ":", "!", "?", ")"].contains($0) })
            {
                say(String(String.UnicodeScalarView(word)))
                say(currency.many)
                while out.last == " " { out.removeLast() }
                out.append(contentsOf: next.scalars.dropFirst(word.count))
                takesNext = true
                return
            }
        }
        say(isOne ? currency.one : currency.many)
    }
}
