/// A table as lines of equal columns, for type of one width.
struct TableColumns {
    /// What a telephone shows in one line.
    private static let narrow = 36
    /// Columns that are wider are not filled up: the blanks would be most of the text.
    private static let widest = 40

    private let rows: [[String]]
    private let widths: [Int]
    private let hasLinks: Bool

    init(_ rows: [[MarkdownTable.Cell]]) {
        self.rows = rows.map { row in row.map { cell in Self.text(of: cell) } }
        hasLinks = rows.contains { $0.contains { $0.contains { $0.link != nil } } }
        var widths: [Int] = []
        for row in self.rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], min(Self.widest, Self.width(of: cell)))
            }
        }
        self.widths = widths
    }

    /// Whether each line fits on a narrow screen, and nothing is lost that could be followed.
    var isNarrow: Bool { !hasLinks && widths.reduce(0, +) + 3 * max(0, widths.count - 1) <= Self.narrow }

    var text: String {
        var lines = rows.map(line)
        lines.insert(widths.map { String(repeating: "-", count: max(1, $0)) }.joined(separator: "-+-"), at: 1)
        return lines.joined(separator: "\n")
    }

    private func line(_ row: [String]) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            line += cell
            if column + 1 < row.count { line += String(repeating: " ", count: max(0, widths[column] - Self.width(of: cell))) + " | " }
        }
        return line
    }

    private static func text(of cell: MarkdownTable.Cell) -> String {
        cell.enumerated().map { place, span in
            guard let link = span.link, link != span.text, place + 1 == cell.count || cell[place + 1].link != link else { return span.text }
            return "\(span.text) (\(link))"
        }.joined().replacing("\n", with: " ")
    }

    private static func width(of text: String) -> Int {
        text.reduce(0) { $0 + ($1.unicodeScalars.first?.isWide == true ? 2 : 1) }
    }
}
