/// Which marks of emphasis belong together, as CommonMark pairs them, in time that grows with their number.
struct MarkdownEmphasis {
    /// How often each style is open.
    struct Level {
        private var bold = 0
        private var italic = 0
        private var struck = 0

        mutating func add(_ style: MarkdownStyle) { change(style, by: 1) }

        mutating func add(_ other: Level) {
            bold += other.bold
            italic += other.italic
            struck += other.struck
        }

        mutating func subtract(_ other: Level) {
            bold -= other.bold
            italic -= other.italic
            struck -= other.struck
        }

        private mutating func change(_ style: MarkdownStyle, by step: Int) {
            if style == .bold { bold += step }
            if style == .italic { italic += step }
            if style == .struck { struck += step }
        }

        var style: MarkdownStyle {
            var style: MarkdownStyle = []
            if bold > 0 { style.insert(.bold) }
            if italic > 0 { style.insert(.italic) }
            if struck > 0 { style.insert(.struck) }
            return style
        }
    }

    /// Equal marks in a row.
    struct Run {
        let mark: Unicode.Scalar
        /// Marks that belong to no other; they are text in the end.
        fileprivate(set) var count: Int
        let opens: Bool
        let closes: Bool
        fileprivate let length: Int
        fileprivate(set) var opened = Level()
        fileprivate(set) var closed = Level()

        init(mark: Unicode.Scalar, count: Int, before: Unicode.Scalar?, after: Unicode.Scalar?) {
            self.mark = mark
            self.count = count
            length = count
            // The invisible blank stands between marks to part them.
            let isBlankBefore = before.map { $0.isBlank || $0 == "\u{200B}" } ?? true
            let isBlankAfter = after.map { $0.isBlank || $0 == "\u{200B}" } ?? true
            let isMarkBefore = before?.isPunctuationMark ?? false
            let isMarkAfter = after?.isPunctuationMark ?? false
            let isLeft = !isBlankAfter && (!isMarkAfter || isBlankBefore || isMarkBefore)
            let isRight = !isBlankBefore && (!isMarkBefore || isBlankAfter || isMarkAfter)
            switch mark {
            case "~":
                opens = count == 2 && isLeft
                closes = count == 2 && isRight
            case "_":
                opens = isLeft && (!isRight || isMarkBefore)
                closes = isRight && (!isLeft || isMarkAfter)
            default:
                let isInNumber = before?.isASCIIDigit == true && after?.isASCIIDigit == true
                if count == 1 {
                    // `2*3*4` and `a*b` are products. Scripts without blanks have emphasis inside of what looks like a word.
                    let isInWord = before?.isWordPart == true && after?.isWordPart == true && before?.isWide == false && after?.isWide == false
                    opens = isLeft && !isInWord
                    closes = isRight && !isInWord
                } else {
                    // Stricter rules lose the emphasis of a phrase that ends with its punctuation, in front of a word.
                    opens = !isBlankAfter && !isInNumber
                    closes = !isBlankBefore && !isInNumber
                }
            }
        }
    }

    private struct Kind: Hashable {
        let mark: Unicode.Scalar
        let opens: Bool
        let remainder: Int
    }

    private(set) var runs: [Run] = []
    /// Those that aren't paired off yet, by their places in `runs`.
    private var waiting: [Int] = []

    var active: Int { waiting.count }

    mutating func add(_ run: Run) -> Int {
        runs.append(run)
        waiting.append(runs.count - 1)
        return runs.count - 1
    }

    /// Pairs the runs that have come since there were so many, and is done with them.
    mutating func pair(from start: Int) {
        guard start < waiting.count else { return }
        var openers: [Int] = []
        // Below these heights of `openers`, there is none for that kind of closer.
        var floors: [Kind: Int] = [:]
        for place in waiting[start...] {
            if runs[place].closes {
                let kind = Kind(mark: runs[place].mark, opens: runs[place].opens, remainder: runs[place].length % 3)
                while runs[place].count > 0 {
                    let floor = min(floors[kind] ?? 0, openers.count)
                    guard let found = openers[floor...].lastIndex(where: { fits(runs[$0], runs[place]) }) else {
                        floors[kind] = openers.count
                        break
                    }
                    openers.removeSubrange((found + 1)...)
                    join(openers[found], place)
                    if runs[openers[found]].count == 0 { openers.removeLast() }
                }
            }
            if runs[place].count > 0, runs[place].opens { openers.append(place) }
        }
        waiting.removeSubrange(start...)
    }

    private func fits(_ opener: Run, _ closer: Run) -> Bool {
        guard opener.mark == closer.mark else { return false }
        if opener.mark == "~" { return true }
        // What could be either must not add up to three, or `*a**b*` would be cut in the middle.
        if opener.closes || closer.opens, (opener.length + closer.length) % 3 == 0, opener.length % 3 != 0 || closer.length % 3 != 0 { return false }
        return true
    }

    private mutating func join(_ opener: Int, _ closer: Int) {
        let used = runs[opener].count >= 2 && runs[closer].count >= 2 ? 2 : 1
        let style: MarkdownStyle = runs[opener].mark == "~" ? .struck : used == 2 ? .bold : .italic
        runs[opener].count -= used
        runs[closer].count -= used
        runs[opener].opened.add(style)
        runs[closer].closed.add(style)
    }
}
