/// Makes sentences of a table's rows: each cell after the name of its column.
struct SpokenTable: Sendable {
    private enum State {
        case outside
        /// One row has come. It's the head if the line under it says so.
        case first([[Unicode.Scalar]])
        case body(head: [[Unicode.Scalar]], hasRows: Bool)
    }

    private var state = State.outside

    /// Takes a line that begins with a bar; gives the rows that can be said then.
    mutating func take(_ line: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]] {
        let cells = Self.cells(of: line)
        let isRule = cells.contains { $0.contains("-") } && cells.allSatisfy { $0.allSatisfy { $0 == "-" || $0 == ":" || $0.isBlank } }
        switch state {
        case .outside:
            if !isRule { state = .first(cells) }
            return []
        case .first(let first):
            if isRule {
                state = .body(head: first, hasRows: false)
                return []
            }
            state = .body(head: [], hasRows: true)
            return [Self.row(first, head: []), Self.row(cells, head: [])]
        case .body(let head, _):
            if isRule { return [] }
            state = .body(head: head, hasRows: true)
            return [Self.row(cells, head: head)]
        }
    }

    /// The table is over; gives what was held back of it.
    mutating func end() -> [[Unicode.Scalar]] {
        defer { state = .outside }
        switch state {
        case .outside, .body(_, hasRows: true): return []
        case .first(let cells), .body(let cells, hasRows: false): return [Self.row(cells, head: [])]
        }
    }

    private static func cells(of line: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]] {
        var cells: [[Unicode.Scalar]] = [[]]
        var isEscaped = false
        for scalar in line.dropFirst() {
            if scalar == "|", !isEscaped { cells.append([]) } else { cells[cells.count - 1].append(scalar) }
            isEscaped = scalar == "\\" && !isEscaped
        }
        if let last = cells.last, last.allSatisfy(\.isBlank) { cells.removeLast() }
        return cells.map(trimmed)
    }

    private static func row(_ cells: [[Unicode.Scalar]], head: [[Unicode.Scalar]]) -> [Unicode.Scalar] {
        var row: [Unicode.Scalar] = []
        for (column, cell) in cells.enumerated() where !cell.isEmpty {
            if let end = row.last {
                if end == "." { row.removeLast() }
                row += [",", " "]
            }
            if column < head.count, !head[column].isEmpty { row += head[column] + [":", " "] }
            row += cell
        }
        return row
    }

    private static func trimmed(_ cell: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let first = cell.firstIndex(where: { !$0.isBlank }), let last = cell.lastIndex(where: { !$0.isBlank }) else { return [] }
        return Array(cell[first...last])
    }
}
