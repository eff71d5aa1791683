/// Reads the blocks of a Markdown text, line by line, and the blocks inside lists and quotes the same way.
struct MarkdownBlockParser {
    /// Lists and quotes inside each other; marks beyond that are text. Bounds the time, and the stack.
    private static let deepest = 10

    private let lines: [Substring]
    private let depth: Int
    /// Inside a list, lines are too often indented by accident to be code.
    private let isInList: Bool
    private var index = 0

    static func blocks(of markdown: String) -> [MarkdownBlock] {
        let lines = markdown.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        return blocks(of: lines, depth: 0, isInList: false)
    }

    private static func blocks(of lines: [Substring], depth: Int, isInList: Bool) -> [MarkdownBlock] {
        var parser = MarkdownBlockParser(lines: lines, depth: depth, isInList: isInList)
        return parser.read()
    }

    private init(lines: [Substring], depth: Int, isInList: Bool) {
        self.lines = lines
        self.depth = depth
        self.isInList = isInList
    }

    private var mayNest: Bool { depth < Self.deepest }

    private func line(_ index: Int) -> MarkdownLine { MarkdownLine(lines[index]) }

    private mutating func read() -> [MarkdownBlock] {
        var blocks: [MarkdownBlock] = []
        while index < lines.count {
            let line = line(index)
            if line.isBlank {
                index += 1
            } else if let fence = line.fence {
                blocks.append(code(fence))
            } else if let heading = line.heading {
                index += 1
                blocks.append(.heading(level: heading.level, MarkdownInlineParser.spans(of: heading.text)))
            } else if line.isRule {
                index += 1
                blocks.append(.rule)
            } else if mayNest, line.quoted != nil {
                blocks.append(quote())
            } else if mayNest, let marker = line.marker {
                blocks.append(.list(list(marker)))
            } else if line.indent >= 4, !isInList {
                blocks.append(indentedCode())
            } else if beginsTable(line) {
                blocks.append(table(line))
            } else {
                blocks.append(paragraph(line))
            }
        }
        return blocks
    }

    // MARK: Text

    private mutating func paragraph(_ first: MarkdownLine) -> MarkdownBlock {
        var text = String(first.content)
        var count = 1
        index += 1
        while index < lines.count {
            let line = line(index)
            if line.isBlank { break }
            if let level = line.underline, level == 1 || count == 1 {
                index += 1
                return .heading(level: level, MarkdownInlineParser.spans(of: text))
            }
            if interrupts(line) || beginsTable(line) { break }
            text += "\n"
            text += line.content
            count += 1
            index += 1
        }
        return .paragraph(MarkdownInlineParser.spans(of: text))
    }

    /// Whether the line begins a block of its own even behind a line of text. A number does so only if it's a one: others begin lines
    /// by chance.
    private func interrupts(_ line: MarkdownLine) -> Bool {
        if line.fence != nil || line.heading != nil || line.isRule || (mayNest && line.quoted != nil) { return true }
        guard mayNest, let marker = line.marker, !marker.isEmpty else { return false }
        return (marker.number ?? 1) == 1
    }

    // MARK: Code

    private mutating func code(_ fence: MarkdownLine.Fence) -> MarkdownBlock {
        var content: [Substring] = []
        index += 1
        while index < lines.count {
            let line = line(index)
            index += 1
            if fence.isClosed(by: line) { break }
            content.append(fence.indent > 0 ? line.dropping(columns: fence.indent) : line.text)
        }
        return .code(content.joined(separator: "\n"), language: fence.language)
    }

    private mutating func indentedCode() -> MarkdownBlock {
        var content: [Substring] = []
        while index < lines.count {
            let line = line(index)
            if !line.isBlank, line.indent < 4 { break }
            content.append(line.dropping(columns: 4))
            index += 1
        }
        while let last = content.last, MarkdownLine(last).isBlank { content.removeLast() }
        return .code(content.joined(separator: "\n"), language: nil)
    }

    // MARK: Tables

    private func beginsTable(_ line: MarkdownLine) -> Bool {
        guard line.mayBeRow, index + 1 < lines.count else { return false }
        return self.line(index + 1).isTableRule
    }

    private mutating func table(_ head: MarkdownLine) -> MarkdownBlock {
        func cells(_ line: MarkdownLine) -> [MarkdownTable.Cell] {
            MarkdownLine.cells(of: line.content).map { MarkdownInlineParser.spans(of: $0) }
        }
        var table = MarkdownTable(head: cells(head), rows: [])
        index += 2
        while index < lines.count {
            let line = line(index)
            if line.isBlank || !line.mayBeRow || interrupts(line) { break }
            table.rows.append(cells(line))
            index += 1
        }
        return .table(table)
    }

    // MARK: Quotes

    private mutating func quote() -> MarkdownBlock {
        var content: [Substring] = []
        while index < lines.count, let quoted = line(index).quoted {
            content.append(quoted)
            index += 1
        }
        return .quote(Self.blocks(of: content, depth: depth + 1, isInList: false))
    }

    // MARK: Lists

    private mutating func list(_ first: MarkdownLine.Marker) -> MarkdownList {
        var items: [MarkdownList.Item] = []
        while index < lines.count {
            let line = line(index)
            if line.isBlank {
                // Blanks between items keep the list together.
                guard let next = nextFilled(index), belongs(self.line(next), to: first) else { break }
                index = next
                continue
            }
            guard belongs(line, to: first), let marker = line.marker else { break }
            items.append(item(marker))
        }
        // Some write a one in front of each and leave the counting to others.
        if let number = items.first?.number, number < 2, items.allSatisfy({ $0.number == number }) {
            for place in items.indices { items[place].number = number + place }
        }
        return MarkdownList(items: items)
    }

    private func belongs(_ line: MarkdownLine, to first: MarkdownLine.Marker) -> Bool {
        guard !line.isRule, let marker = line.marker else { return false }
        return abs(marker.indent - first.indent) < 2 && (marker.number == nil) == (first.number == nil)
    }

    private func nextFilled(_ start: Int) -> Int? {
        var next = start
        while next < lines.count {
            if !line(next).isBlank { return next }
            next += 1
        }
        return nil
    }

    /// Reads an item with all lines that belong to it: those that are indented, the rest of its first paragraph, and those of a fence that
    /// it has opened.
    private mutating func item(_ marker: MarkdownLine.Marker) -> MarkdownList.Item {
        var rest = marker.rest
        var isDone: Bool?
        for (box, done) in [("[ ] ", false), ("[x] ", true), ("[X] ", true)] where rest.hasPrefix(box) {
            isDone = done
            rest = rest.dropFirst(box.count)
        }
        var content = [rest]
        var fence = MarkdownLine(rest).fence
        var isParagraph = fence == nil && !marker.isEmpty && !interrupts(MarkdownLine(rest))
        let leastIndent = min(marker.contentIndent, marker.indent + 2)
        index += 1
        while index < lines.count {
            let line = line(index)
            if let open = fence {
                content.append(line.dropping(columns: marker.contentIndent))
                if open.isClosed(by: line) { fence = nil }
                index += 1
                continue
            }
            if line.isBlank {
                guard let next = nextFilled(index), self.line(next).indent >= leastIndent else { break }
                content += Array(repeating: "", count: next - index)
                index = next
                isParagraph = false
                continue
            }
            if line.indent >= leastIndent {
                let inner = MarkdownLine(line.dropping(columns: marker.contentIndent))
                content.append(inner.text)
                fence = inner.fence
                isParagraph = fence == nil && inner.heading == nil && !inner.isRule && inner.quoted == nil
            } else if isParagraph, !interrupts(line), line.marker == nil, !beginsTable(line) {
                content.append(line.content)
            } else {
                break
            }
            index += 1
        }
        return MarkdownList.Item(number: marker.number, isDone: isDone, blocks: Self.blocks(of: content, depth: depth + 1, isInList: true))
    }
}
