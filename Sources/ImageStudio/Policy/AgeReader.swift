/// Finds ages in a text: "14 yo", "f14", "sixteen-year-old", "quinze ans", "15歳", "under 18", "she's 16".
///
/// Below 18 is a minor, everything else an adult. Times that aren't ages ("10 years ago") and things that have one ("12 year old whisky")
/// are passed over.
struct AgeReader {
    private let text: PolicyTokens

    init(_ text: PolicyTokens) {
        self.text = text
    }

    func hits() -> [PolicyHit] {
        var hits: [PolicyHit] = []
        // Stops and focal lengths look like ages: f/8, f16.
        var isPhotographic: Bool?
        for token in text.tokens.indices {
            if let age = age(at: token, isPhotographic: &isPhotographic), age >= 0, age <= 120 {
                hits.append(PolicyHit(signal: age < 18 ? .minor : .grown, start: token, end: token + 1))
            }
        }
        return hits
    }

    // MARK: - Words around a number

    private func word(_ token: Int) -> String {
        text.tokens.indices.contains(token) ? text.spelling(token) : ""
    }

    /// The word, unless a sentence begins with it.
    private func following(_ token: Int) -> String {
        guard text.tokens.indices.contains(token), text.tokens[token].gap != .sentence else { return "" }
        return text.spelling(token)
    }

    private func preceding(_ token: Int) -> String {
        guard token > 0, text.tokens[token].gap != .sentence else { return "" }
        return text.spelling(token - 1)
    }

    private func age(at token: Int, isPhotographic: inout Bool?) -> Int? {
        let kind = text.tokens[token].kind
        if kind == .pictograph { return nil }
        if kind == .ideograph { return ideographicAge(at: token) }
        if text.tokens[token].number == nil, PolicyTokens.digit(text.value(text.tokens[token].start)) != nil
            || PolicyTokens.digit(text.value(text.tokens[token].end - 1)) != nil {
            return mixedAge(at: token, isPhotographic: &isPhotographic)
        }
        guard let (value, end, isEnglish) = number(at: token), value <= 120 else { return nil }
        // The fraction of "25.5 years old" isn't an age.
        if text.tokens[token].gap == .joint, token > 0, text.tokens[token - 1].number != nil, isPoint(before: token) { return nil }
        if hasUnit(after: end, isEnglish: isEnglish) {
            if isTime(token, end) || isThing(after: end) { return nil }
            return isInMonths(end) ? 0 : value
        }
        guard isEnglish else { return nil }
        return bareAge(value, at: token, end: end, isPhotographic: &isPhotographic)
    }

    private func isPoint(before token: Int) -> Bool {
        let index = text.tokens[token].start - 1
        return index >= 0 && (text.value(index) == 0x2E || text.value(index) == 0x2C)
    }

    /// A number of digits or words, and the token behind it.
    private func number(at token: Int) -> (value: Int, end: Int, isEnglish: Bool)? {
        if let value = text.tokens[token].number {
            // "1 6 yo"
            if value < 10, token + 1 < text.tokens.count, let next = text.tokens[token + 1].number, next < 10,
                text.tokens[token + 1].gap == .space, text.tokens[token + 1].count == 1, text.tokens[token].count == 1 {
                return (value * 10 + next, token + 2, true)
            }
            return (value, token + 1, true)
        }
        let spelling = word(token)
        guard let value = AgeVocabulary.english[spelling] ?? AgeVocabulary.foreign[spelling] else { return nil }
        let isEnglish = AgeVocabulary.english[spelling] != nil
        // "dix-sept", "on beş", "twenty one"
        if value >= 10, value % 10 == 0, text.tokens.indices.contains(token + 1), text.tokens[token + 1].gap != .sentence {
            let next = word(token + 1)
            if let unit = AgeVocabulary.english[next] ?? AgeVocabulary.foreign[next], unit < 10 {
                return (value + unit, token + 2, isEnglish)
            }
        }
        return (value, token + 1, isEnglish)
    }

    // MARK: - Units

    private func hasUnit(after end: Int, isEnglish: Bool, depth: Int = 0) -> Bool {
        let first = following(end)
        guard !first.isEmpty else { return false }
        if isEnglish {
            if AgeVocabulary.wholeUnits.contains(first) { return true }
            let second = following(end + 1)
            if first == "y", second == "o" || second == "old" { return true }
            if AgeVocabulary.periods.contains(first), AgeVocabulary.oldness.contains(second) || AgeVocabulary.persons.contains(second) {
                return true
            }
            if AgeVocabulary.periods.contains(first), second == "of", following(end + 2) == "age" { return true }
        }
        if AgeVocabulary.foreignUnits.contains(first) || AgeVocabulary.foreignUnitStems.contains(where: first.hasPrefix) { return true }
        // The first number of "14-16 years old" and of "14 or 15 yo" has the unit of the second.
        guard depth == 0 else { return false }
        let second = AgeVocabulary.rangeWords.contains(first) ? end + 1 : end
        guard text.tokens.indices.contains(second), text.tokens[second].gap != .sentence else { return false }
        guard let (_, next, english) = number(at: second) else { return false }
        return hasUnit(after: next, isEnglish: english, depth: 1)
    }

    private func isInMonths(_ end: Int) -> Bool { AgeVocabulary.shortPeriods.contains(following(end)) }

    /// "10 years ago", "hace 10 años", "10 Jahre Garantie".
    private func isTime(_ token: Int, _ end: Int) -> Bool {
        let before = preceding(token)
        if AgeVocabulary.timeBefore.contains(before) || (before == "a" && token > 1 && word(token - 2) == "y") { return true }
        return (1...4).contains { AgeVocabulary.timeAfter.contains(following(end + $0)) }
    }

    private func isThing(after end: Int) -> Bool {
        (1...4).contains { AgeVocabulary.things.contains(following(end + $0)) }
    }

    // MARK: - Numbers without a unit

    private func bareAge(_ value: Int, at token: Int, end: Int, isPhotographic: inout Bool?) -> Int? {
        let before = preceding(token)
        let filler = AgeVocabulary.fillers.contains(before)
        let subject = filler ? preceding(token - 1) : before
        let earlier = token > (filler ? 2 : 1) ? preceding(token - (filler ? 2 : 1)) : ""
        let after = following(end)
        let isMeasure = AgeVocabulary.measures.contains(after)
        let isOfAge = ["of", "is", "de", "est"].contains(subject) && AgeVocabulary.ageWords.contains(earlier)
        if AgeVocabulary.ageWords.contains(subject) || isOfAge {
            return isMeasure ? nil : value
        }
        if after == "grade" || after == "grader" || after == "graders" || before == "grade" { return nil }
        if value <= 18, !isMeasure, isBelow(before, earlier, token) { return min(value, 17) }
        if value >= 18, isPlus(after: end - 1) || after == "plus" || AgeVocabulary.above.contains(before) { return value }
        if AgeVocabulary.looks.contains(subject) || (subject == "like" && AgeVocabulary.looks.contains(earlier)) {
            return endsPhrase(at: end) ? value : nil
        }
        if AgeVocabulary.being.contains(subject), !AgeVocabulary.countables.contains(earlier), value >= 1 {
            return endsPhrase(at: end) ? value : nil
        }
        if AgeVocabulary.persons.contains(after) && text.tokens[end].gap != .comma { return value }
        if value >= 3, AgeVocabulary.persons.contains(before) || AgeVocabulary.exposed.contains(before), endsPhrase(at: end) {
            return value
        }
        if let tagged = taggedAge(value, at: token, end: end, isPhotographic: &isPhotographic) { return tagged }
        return isApposition(value, at: token, end: end) ? value : nil
    }

    private func isPlus(after token: Int) -> Bool {
        let index = text.tokens[token].end
        return index < text.scalars.count && text.value(index) == 0x2B
    }

    private func isBelow(_ before: String, _ earlier: String, _ token: Int) -> Bool {
        if AgeVocabulary.below.contains(before) { return true }
        if before == "than" || before == "que" || before == "als", AgeVocabulary.less.contains(earlier) { return true }
        if before == "de", AgeVocabulary.less.contains(earlier) { return true }
        let index = text.tokens[token].start - 1
        return index >= 0 && text.value(index) == 0x3C
    }

    /// "f/15", "15/f", "f 15".
    private func taggedAge(_ value: Int, at token: Int, end: Int, isPhotographic: inout Bool?) -> Int? {
        guard value >= 8, value <= 80 else { return nil }
        let isBefore = ["f", "m"].contains(preceding(token)) && text.tokens[token].gap <= .space
        let isAfter = text.tokens.indices.contains(end) && ["f", "m"].contains(word(end)) && text.tokens[end].gap == .joint
        let isSpaced = isBefore && text.tokens[token].gap == .space && preceding(token) == "m"
        guard isBefore || isAfter, !isSpaced, !isVehicle(near: token), !isPhotography(&isPhotographic) else { return nil }
        return value
    }

    /// "Anna, 15, at home".
    private func isApposition(_ value: Int, at token: Int, end: Int) -> Bool {
        guard value >= 8, value < 18, token > 0, text.tokens[token].gap == .comma else { return false }
        guard text.tokens[token - 1].number == nil, text.tokens[token - 1].kind == .word else { return false }
        return end == text.tokens.count || (text.tokens[end].gap >= .comma && text.tokens[end].number == nil)
    }

    private func endsPhrase(at end: Int) -> Bool {
        guard end < text.tokens.count, text.tokens[end].gap < .comma else { return true }
        return AgeVocabulary.phraseEnds.contains(word(end))
    }

    // MARK: - Digits and letters in one token

    /// "14yo", "f14", "16f", "u16", "9th" grade.
    private func mixedAge(at token: Int, isPhotographic: inout Bool?) -> Int? {
        let spelling = word(token)
        let isFirst = spelling.unicodeScalars.first.map { PolicyTokens.digit($0.value) != nil } ?? false
        let digits = isFirst ? spelling.prefix { $0.isASCII && $0.isNumber } : spelling.drop { !($0.isASCII && $0.isNumber) }
        let letters = isFirst ? spelling.dropFirst(digits.count) : spelling.dropLast(digits.count)
        guard digits.count <= 3, let value = Int(digits), value <= 120 else { return nil }
        switch letters {
        case "yo", "yos", "yrold", "yearold", "yearolds", "y", "yro", "yold", "ans", "ani", "anos", "años", "jahre", "jarige", "jahrige",
            "jahriges", "лет", "летняя", "साल":
            guard isFirst, !isThing(after: token) else { return nil }
            return value
        case "yr", "yrs", "year", "years":
            let next = following(token + 1)
            return isFirst && (AgeVocabulary.oldness.contains(next) || AgeVocabulary.persons.contains(next)) && !isThing(after: token + 1)
                ? value : nil
        case "f", "m", "g", "b":
            guard value >= 8, value <= 80, letters == "f" || letters == "m" || value < 18, !isVehicle(near: token) else { return nil }
            // Metres, bytes and grams.
            if isFirst, letters != "f" { return letters == "m" && endsPhrase(at: token + 1) ? value : nil }
            return isPhotography(&isPhotographic) ? nil : value
        case "u": return value <= 18 ? min(value, 17) : nil
        case "s": return value == 18 && AgeVocabulary.below.contains(preceding(token)) ? 17 : nil
        case "st", "nd", "rd", "th":
            let next = following(token + 1)
            return next == "grade" || next == "grader" || next == "graders" ? min(value + 5, 17) : nil
        default: return nil
        }
    }

    private func isVehicle(near token: Int) -> Bool {
        [token - 2, token - 1, token + 1, token + 2].contains { AgeVocabulary.vehicles.contains(word($0)) }
    }

    private func isPhotography(_ isPhotographic: inout Bool?) -> Bool {
        if let isPhotographic { return isPhotographic }
        let found = text.tokens.indices.contains { token in
            let spelling = word(token)
            return AgeVocabulary.photography.contains(spelling)
                || (spelling.hasSuffix("mm") && spelling.first.map { $0.isNumber } ?? false)
        }
        isPhotographic = found
        return found
    }

    // MARK: - Chinese numerals

    /// "十五岁": the age is found at its unit.
    private func ideographicAge(at token: Int) -> Int? {
        guard ["岁", "歳", "歲", "才"].contains(word(token)) else { return nil }
        var digits: [Int] = []
        var index = token - 1
        var gap = text.tokens[token].gap
        while index >= 0, token - index <= 3, gap == .none, let value = AgeVocabulary.numerals[word(index)] {
            digits.insert(value, at: 0)
            gap = text.tokens[index].gap
            index -= 1
        }
        guard !digits.isEmpty else { return nil }
        if let ten = digits.firstIndex(of: 10) {
            return (ten == 0 ? 1 : digits[ten - 1]) * 10 + (ten + 1 < digits.count ? digits[ten + 1] : 0)
        }
        return digits.reduce(0) { $0 * 10 + $1 }
    }
}
