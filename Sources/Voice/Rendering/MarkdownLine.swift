/// One line of Markdown, and what it may begin.
struct MarkdownLine {
    /// As it stands, without its break.
    let text: Substring
    /// Columns of blanks in front; a tab reaches to the next multiple of four.
    let indent: Int
    /// Without the blanks at both ends.
    let content: Substring

    init(_ text: Substring) {
        self.text = text
        var columns = 0
        var start = text.utf8.startIndex
        while start < text.utf8.endIndex {
            let byte = text.utf8[start]
            if byte == UInt8(ascii: " ") { columns += 1 } else if byte == UInt8(ascii: "\t") { columns += 4 - columns % 4 } else { break }
            text.utf8.formIndex(after: &start)
        }
        indent = columns
        var end = text.utf8.endIndex
        while end > start {
            let before = text.utf8.index(before: end)
            guard text.utf8[before] == UInt8(ascii: " ") || text.utf8[before] == UInt8(ascii: "\t") else { break }
            end = before
        }
        content = text[start..<end]
    }

    var isBlank: Bool { content.isEmpty }

    private var first: UInt8? { content.utf8.first }

    /// The line without so many columns of blanks in front, or as many as there are.
    func dropping(columns: Int) -> Substring {
        var column = 0
        var rest = text.utf8[...]
        while column < columns, let byte = rest.first {
            if byte == UInt8(ascii: " ") {
                column += 1
            } else if byte == UInt8(ascii: "\t") {
                column += 4 - column % 4
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        let text = Substring(rest)
        return column > columns ? Substring(String(repeating: " ", count: column - columns) + text) : text
    }

    // MARK: Blocks

    /// A heading's level and text.
    var heading: (level: Int, text: Substring)? {
        guard first == UInt8(ascii: "#"), indent < 4 else { return nil }
        let level = content.utf8.prefix { $0 == UInt8(ascii: "#") }.count
        guard level <= 6 else { return nil }
        var rest = content.utf8.dropFirst(level)
        guard let next = rest.first else { return (level, "") }
        guard next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") else { return nil }
        let closing = rest.reversed().prefix { $0 == UInt8(ascii: "#") }.count
        // Marks at the end count only behind a blank: `# C#` keeps its own.
        let before = rest.dropLast(closing)
        if closing > 0, before.last == UInt8(ascii: " ") || before.last == UInt8(ascii: "\t") { rest = before }
        return (level, MarkdownLine(Substring(rest)).content)
    }

    /// The level of the heading that a paragraph above this line is.
    var underline: Int? {
        guard indent < 4, let first, first == UInt8(ascii: "=") || first == UInt8(ascii: "-"), content.utf8.allSatisfy({ $0 == first }) else {
            return nil
        }
        return first == UInt8(ascii: "=") ? 1 : content.utf8.count > 1 ? 2 : nil
    }

    var isRule: Bool {
        guard indent < 4, let first, first == UInt8(ascii: "-") || first == UInt8(ascii: "*") || first == UInt8(ascii: "_") else { return false }
        var count = 0
        for byte in content.utf8 {
            if byte == first { count += 1 } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { return false }
        }
        return count >= 3
    }

    struct Fence {
        let mark: UInt8
        let length: Int
        let language: String?
        let indent: Int

        func isClosed(by line: MarkdownLine) -> Bool {
            let marks = line.content.utf8.prefix { $0 == mark }.count
            return marks >= length && marks == line.content.utf8.count
        }
    }

    var fence: Fence? {
        guard let first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else { return nil }
        let length = content.utf8.prefix { $0 == first }.count
        let rest = content.utf8.dropFirst(length)
        guard length >= 3, first == UInt8(ascii: "~") || !rest.contains(UInt8(ascii: "`")) else { return nil }
        let word = MarkdownLine(Substring(rest)).content.prefix { $0 != " " && $0 != "\t" && $0 != "{" && $0 != "," }
        // Nothing of it may end up as markup.
        let isPlain =
            (1...30).contains(word.utf8.count)
            && word.unicodeScalars.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "+#-._".unicodeScalars.contains($0) }
        return Fence(mark: first, length: length, language: isPlain ? String(word) : nil, indent: indent)
    }

    /// What follows the mark of a quote.
    var quoted: Substring? {
        guard indent < 4, first == UInt8(ascii: ">") else { return nil }
        let rest = Substring(text.utf8[content.utf8.startIndex...].dropFirst())
        return rest.utf8.first == UInt8(ascii: " ") ? Substring(rest.utf8.dropFirst()) : rest
    }

    struct Marker {
        let indent: Int
        /// `nil`: a bullet.
        let number: Int?
        /// Columns from the line's start to the item's text.
        let contentIndent: Int
        /// The item's text, with blanks in front of it that belong to it.
        let rest: Substring
        var isEmpty: Bool { rest.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
    }

    var marker: Marker? {
        guard let first else { return nil }
        var width = 1
        var number: Int?
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): break
        case 48...57:
            let digits = content.utf8.prefix(10).prefix { (48...57).contains($0) }
            guard digits.count < 10, let value = Int(String(Substring(digits))), let stop = content.utf8.dropFirst(digits.count).first,
                stop == UInt8(ascii: ".") || stop == UInt8(ascii: ")")
            else { return nil }
            number = value
            width = digits.count + 1
        case 0xE2:
            guard content.unicodeScalars.first == "•" else { return nil }
            width = 3
        default: return nil
        }
        let rest = Substring(text.utf8[content.utf8.startIndex...].dropFirst(width))
        let line = MarkdownLine(rest)
        if line.isBlank { return Marker(indent: indent, number: number, contentIndent: indent + width + 1, rest: "") }
        guard line.indent > 0 else { return nil }
        // More than four blanks are the text's own.
        let gap = line.indent > 4 ? 1 : line.indent
        let columns = number == nil ? 1 : width
        return Marker(indent: indent, number: number, contentIndent: indent + columns + gap, rest: line.dropping(columns: gap))
    }

    // MARK: Tables

    /// Whether this is the line under a table's head.
    var isTableRule: Bool {
        guard content.utf8.contains(UInt8(ascii: "|")), content.utf8.contains(UInt8(ascii: "-")) else { return false }
        return MarkdownLine.cells(of: content).allSatisfy { cell in
            let marks = cell.utf8.drop { $0 == UInt8(ascii: ":") }
            let dashes = marks.prefix { $0 == UInt8(ascii: "-") }.count
            let end = marks.dropFirst(dashes)
            return dashes > 0 && marks.count >= cell.utf8.count - 1 && (end.isEmpty || end.elementsEqual(CollectionOfOne(UInt8(ascii: ":"))))
        }
    }

    var mayBeRow: Bool { content.utf8.contains(UInt8(ascii: "|")) }

    /// The cells of a row, their bars unescaped. Bars inside code part nothing.
    static func cells(of row: Substring) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var rest = row.utf8[...]
        if rest.first == UInt8(ascii: "|") { rest = rest.dropFirst() }
        var ticks = rest.count { $0 == UInt8(ascii: "`") }
        var isInCode = false
        var isEscaped = false
        for byte in rest {
            if byte == UInt8(ascii: "|"), !isInCode, !isEscaped {
                cells.append(String(MarkdownLine(Substring(String(decoding: cell, as: UTF8.self))).content))
                cell.removeAll(keepingCapacity: true)
            } else {
                if byte == UInt8(ascii: "|"), isEscaped { cell.removeLast() }
                cell.append(byte)
            }
            if byte == UInt8(ascii: "`"), !isEscaped {
                ticks -= 1
                // A last one that nothing closes opens nothing.
                isInCode = isInCode ? false : ticks > 0
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        let last = MarkdownLine(Substring(String(decoding: cell, as: UTF8.self))).content
        if !last.isEmpty || cells.isEmpty { cells.append(String(last)) }
        return cells
    }
}
