/// Lays a document out as the text that will be seen: bullets, numbers, rows of tables, blank lines between blocks.
struct DocumentLayout {
    private typealias Style = StyledText.Style

    private let markup: ChatMarkup
    private let longestLink: Int
    private var text = StyledText()
    /// What stands in front of each further line of an item or an inner quote.
    private var prefix = ""
    private var quotes = 0

    /// - Parameter longestLink: longer addresses are written behind the text that leads to them.
    static func text(of document: MarkdownDocument, as markup: ChatMarkup, longestLink: Int = 500) -> StyledText {
        var layout = DocumentLayout(markup: markup, longestLink: longestLink)
        layout.add(document.blocks)
        return layout.text
    }

    private init(markup: ChatMarkup, longestLink: Int) {
        self.markup = markup
        self.longestLink = longestLink
    }

    /// The style of what stands between words: that of the quote, if we're in one.
    private var ground: Style { Style(flags: quotes > 0 ? .quote : []) }

    private var markStyle: Style { Style(flags: quotes > 0 ? [.quote, .mark] : .mark) }

    private mutating func add(_ blocks: [MarkdownBlock], isTight: Bool = false) {
        let blocks = blocks.filter { !isEmpty($0) }
        for (place, block) in blocks.enumerated() {
            if place > 0 {
                let isBehindHeading = if case .heading = blocks[place - 1] { true } else { false }
                let isCode = if case .code = block { true } else { false }
                // A heading isn't parted from what it heads.
                let border: StyledText.Border = prefix.isEmpty && quotes == 0 && !isBehindHeading ? .block : .line
                breakLine(border, isIndented: !isCode)
                if !isTight { breakLine(.line, isIndented: !isCode) }
            }
            add(block)
        }
    }

    private func isEmpty(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .paragraph(let spans), .heading(_, let spans): spans.isEmpty
        case .code(let code, _): code.allSatisfy(\.isWhitespace)
        case .quote(let blocks): blocks.allSatisfy(isEmpty)
        case .list, .table, .rule: false
        }
    }

    /// - Parameter isIndented: the next line is set in under the item or quote that we're in; code isn't.
    private mutating func breakLine(_ border: StyledText.Border, isIndented: Bool = true) {
        text.append(border: border, ground)
        if isIndented { text.append(prefix, markStyle) }
    }

    private mutating func add(_ block: MarkdownBlock) {
        switch block {
        case .paragraph(let spans): add(spans)
        case .heading(_, let spans): add(spans, .bold)
        case .list(let list): add(list)
        case .quote(let blocks): quote(blocks)
        case .code(let code, let language): add(code: code, language)
        case .table(let table): add(table)
        case .rule: text.append("---", markStyle)
        }
    }

    // MARK: Text

    private mutating func add(_ spans: [MarkdownSpan], _ extra: Style.Flags = []) {
        for (place, span) in spans.enumerated() {
            var style = ground
            style.flags.formUnion(extra)
            if span.style.contains(.bold) { style.flags.insert(.bold) }
            if span.style.contains(.italic) { style.flags.insert(.italic) }
            if span.style.contains(.struck) { style.flags.insert(.struck) }
            if span.style.contains(.code) { style.flags.insert(.code) }
            var behind: String?
            if let link = span.link {
                if link == span.text {
                    if isWebAddress(link) { style.flags.insert(.address) }
                } else if markup != .plain, isWebAddress(link) {
                    style.link = link
                } else if place + 1 == spans.count || spans[place + 1].link != link, !link.isEmpty, !link.hasPrefix("#") {
                    behind = " (\(link))"
                }
            }
            add(span.text, style)
            if let behind { add(behind, ground) }
        }
    }

    private mutating func add(_ string: String, _ style: Style) {
        let lines = string.split(separator: "\n", omittingEmptySubsequences: false)
        for (place, line) in lines.enumerated() {
            if place > 0 { breakLine(.line) }
            text.append(String(line), style)
        }
    }

    /// Whether chat platforms follow it.
    private func isWebAddress(_ link: String) -> Bool {
        guard link.utf8.count <= longestLink else { return false }
        let isKnown = ["http://", "https://", "tg://"].contains { link.lowercased().hasPrefix($0) }
        return isKnown && !link.unicodeScalars.contains { $0.value < 32 }
    }

    private mutating func add(code: String, _ language: String?) {
        var style = ground
        style.flags.insert(.block)
        style.language = language
        text.append(code, style)
    }

    // MARK: Lists and quotes

    private mutating func add(_ list: MarkdownList) {
        let outer = prefix
        for (place, item) in list.items.enumerated() {
            if place > 0 { breakLine(.line) }
            let bullet = markup == .discord ? "-" : "•"
            var mark = item.number.map { "\($0)." } ?? bullet
            if let isDone = item.isDone { mark = isDone ? "☑" : "☐" }
            // Discord knows no tasks: without a bullet they would not be a list.
            if markup == .discord, item.isDone != nil, item.number == nil { mark = "- " + mark }
            text.append(mark + " ", markStyle)
            prefix = outer + (item.number == nil ? "  " : "   ")
            add(item.blocks, isTight: true)
            prefix = outer
        }
    }

    private mutating func quote(_ blocks: [MarkdownBlock]) {
        let outer = prefix
        quotes += 1
        if quotes > 1 {
            // No platform has quotes inside quotes.
            prefix += "> "
            text.append("> ", markStyle)
        }
        add(blocks)
        quotes -= 1
        prefix = outer
    }

    // MARK: Tables

    private mutating func add(_ table: MarkdownTable) {
        let rows = [table.head] + table.rows
        let columns = TableColumns(rows)
        if markup == .discord || (markup != .plain && columns.isNarrow) {
            add(code: columns.text, nil)
            return
        }
        for (place, row) in rows.enumerated() {
            if place > 0 { breakLine(.line) }
            if place == 1 {
                text.append("---", markStyle)
                breakLine(.line)
            }
            for (column, cell) in row.enumerated() {
                if column > 0 { text.append(" | ", ground) }
                add(cell, place == 0 ? .bold : [])
            }
        }
    }
}
