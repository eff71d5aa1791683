/// Cuts a text into parts that keep to a limit, each at the best place there is.
struct PartSplitter {
    private enum Level: Int, CaseIterable { case block, line, sentence, word }

    /// A part that would be shorter than one in so many of the limit isn't worth a better place.
    private static let leastShare = 4

    let text: StyledText
    let cost: MarkupCost
    let limit: Int

    /// The parts, without the blanks between them.
    var ranges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while true {
            start = skipBlanks(from: start)
            guard start < text.glyphs.count else { return ranges }
            let end = end(from: start)
            let visible = trimmed(start..<end)
            if !visible.isEmpty { ranges.append(visible) }
            start = end
        }
    }

    /// Where the part ends that begins at a place.
    private func end(from start: Int) -> Int {
        var units = 0
        var places = [Int](repeating: start, count: Level.allCases.count)
        var index = start
        while index < text.glyphs.count {
            let glyph = text.glyphs[index]
            if index > start, let level = level(index) {
                for worse in level.rawValue...Level.word.rawValue { places[worse] = index }
            }
            units += cost.units(of: glyph, beginsRun: index == start || text.glyphs[index - 1].style != glyph.style)
            if units > limit { break }
            index += 1
        }
        if index == text.glyphs.count { return index }
        for level in Level.allCases {
            let place = places[level.rawValue]
            if place > start, level == .word || (place - start) * Self.leastShare >= index - start { return place }
        }
        return max(index, start + 1)
    }

    /// How good it is to end a part in front of a glyph.
    private func level(_ index: Int) -> Level? {
        let glyph = text.glyphs[index]
        switch glyph.border {
        case .block: return .block
        case .line: return .line
        case .none: break
        }
        let before = text.glyphs[index - 1]
        if glyph.character == " " {
            // A bullet stays with its item, and blanks of code in front of what they indent.
            if isMark(index) || before.character == " " || before.character == "\n" { return nil }
            return endsSentence(index - 1) ? .sentence : .word
        }
        switch before.character {
        case "。", "！", "？": return .sentence
        case "，", "、", "；": return .word
        default: return nil
        }
    }

    private func endsSentence(_ last: Int) -> Bool {
        var index = last
        while index > 0 {
            switch text.glyphs[index].character {
            case ".", "!", "?", "…": return true
            case ")", "\"", "”", "’", "»": index -= 1
            default: return false
            }
        }
        return false
    }

    private func skipBlanks(from start: Int) -> Int {
        var index = start
        while index < text.glyphs.count, text.glyphs[index].character.isWhitespace, !isCode(index) { index += 1 }
        // An item that stands inside another keeps its place.
        if index < text.glyphs.count, isMark(index) {
            while index > start, isMark(index - 1), text.glyphs[index - 1].character == " " { index -= 1 }
        }
        // In code only the break that was cut at goes: blanks in front of lines are its own.
        if index == start, index < text.glyphs.count, isCode(index), index > 0, isCode(index - 1), text.glyphs[index].character == "\n" { index += 1 }
        return index
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, text.glyphs[end - 1].character.isWhitespace { end -= 1 }
        return range.lowerBound..<end
    }

    private func isMark(_ index: Int) -> Bool { text.flags(at: index).contains(.mark) }

    private func isCode(_ index: Int) -> Bool { text.flags(at: index).contains(.block) }
}
