/// What a line of a model's text begins with, decided from its left end as soon as that is certain.
enum SpeakableLine: Equatable {
    case blank
    /// A rule, the line under a heading, or the line under a table's head: nothing to say.
    case rule
    /// `rest`: where what is left of the line begins.
    case heading(rest: Int)
    /// `number`: where the number ends, for an ordered list.
    case item(number: Int?, rest: Int)
    case quote(rest: Int)
    case fence(mark: Unicode.Scalar, length: Int)
    case tableRow
    case text(rest: Int)
    /// Nothing can be said before the line's end.
    case wholeLine

    /// A line of marks that is longer than this is looked at once more at its end only.
    private static let longestPrefix = 80

    /// - Parameters:
    ///   - line: without blanks in front.
    ///   - isComplete: nothing more of the line will come.
    ///   - isItem: the line goes on behind the mark of a list.
    /// - Returns: `nil`: more of the line is needed.
    static func opening(of line: ArraySlice<Unicode.Scalar>, isComplete: Bool, isItem: Bool) -> SpeakableLine? {
        guard let first = line.first else { return isComplete ? .blank : nil }
        let start = line.startIndex
        switch first {
        case "#":
            let length = line.prefix(8).prefix { $0 == "#" }.count
            guard length <= 6 else { return .text(rest: start) }
            if length == line.count { return isComplete ? .blank : nil }
            return line[start + length].isBlank ? .heading(rest: start + length) : .text(rest: start)
        case ">": return .quote(rest: start + 1)
        case "|": return isComplete ? .tableRow : .wholeLine
        case "`", "~": return fence(line, first, isComplete)
        case "-", "*", "_", "=", "+", "•", "‣", "◦", "·", ":": return marks(line, first, isComplete)
        case "0"..."9": return number(line, isComplete)
        case "[" where isItem: return task(line, isComplete)
        default: return .text(rest: start)
        }
    }

    private static func fence(_ line: ArraySlice<Unicode.Scalar>, _ mark: Unicode.Scalar, _ isComplete: Bool) -> SpeakableLine? {
        let length = line.prefix { $0 == mark }.count
        if length < 3 { return length == line.count && !isComplete ? nil : .text(rest: line.startIndex) }
        guard isComplete else { return .wholeLine }
        if mark == "`", line.dropFirst(length).contains("`") { return .text(rest: line.startIndex) }
        return .fence(mark: mark, length: length)
    }

    private static func marks(_ line: ArraySlice<Unicode.Scalar>, _ mark: Unicode.Scalar, _ isComplete: Bool) -> SpeakableLine? {
        let start = line.startIndex
        let isRuleMark = mark == "-" || mark == "*" || mark == "_" || mark == "="
        let marks = line.prefix { $0 == mark || $0.isBlank }
        let count = marks.reduce(0) { $1 == mark ? $0 + 1 : $0 }
        if marks.count == line.count {
            if isComplete {
                if isRuleMark, count >= 3 || (count == 2 && mark == "-" || mark == "=") { return .rule }
                return count == 1 && mark != "_" && mark != ":" ? .blank : .text(rest: start)
            }
            return marks.count > longestPrefix ? .wholeLine : nil
        }
        if mark == "-" || mark == ":", line[marks.endIndex] == "|" || line[marks.endIndex] == ":" || (mark == ":" && line[marks.endIndex] == "-") {
            guard isComplete else { return .wholeLine }
            if line.contains("-"), line.allSatisfy({ $0 == "-" || $0 == ":" || $0 == "|" || $0.isBlank }) { return .rule }
        }
        let isItem = mark != "_" && mark != "=" && mark != ":" && line[start + 1].isBlank
        return isItem ? .item(number: nil, rest: start + 1) : .text(rest: start)
    }

    private static func number(_ line: ArraySlice<Unicode.Scalar>, _ isComplete: Bool) -> SpeakableLine? {
        let length = line.prefix(10).prefix { $0.isASCIIDigit }.count
        let start = line.startIndex
        guard length < 10 else { return .text(rest: start) }
        if length + 1 >= line.count {
            let mayBeItem = length == line.count || line[start + length] == "." || line[start + length] == ")"
            return mayBeItem && !isComplete ? nil : .text(rest: start)
        }
        let isItem = (line[start + length] == "." || line[start + length] == ")") && line[start + length + 1].isBlank
        return isItem ? .item(number: start + length, rest: start + length + 1) : .text(rest: start)
    }

    /// `[ ]` and `[x]` at the start of an item are a box, not text.
    private static func task(_ line: ArraySlice<Unicode.Scalar>, _ isComplete: Bool) -> SpeakableLine? {
        let start = line.startIndex
        let box: [Set<Unicode.Scalar>] = [["["], [" ", "x", "X"], ["]"], [" "]]
        for (offset, allowed) in box.enumerated() {
            guard offset < line.count else { return isComplete ? .text(rest: start) : nil }
            if !allowed.contains(line[start + offset]) { return .text(rest: start) }
        }
        return .text(rest: start + 4)
    }
}
