import Foundation

/// What changed in one file.
public struct FileDiff: Sendable, Equatable {
    public var path: String
    public var isNew: Bool
    public var isDeleted: Bool
    public var added: Int
    public var removed: Int
    /// A unified diff: `---`, `+++` and hunks with three lines around each change.
    public var text: String

    private static let around = 3

    /// - Parameters:
    ///   - old: `nil`: the file is new.
    ///   - new: `nil`: the file is gone.
    /// - Returns: `nil` when nothing changed.
    public init?(path: String, old: String?, new: String?) {
        if old == new { return nil }
        let (before, after) = (Self.lines(old ?? ""), Self.lines(new ?? ""))
        let steps = Self.steps(before, after)
        self.path = path
        isNew = old == nil
        isDeleted = new == nil
        added = steps.count { $0.kind == .added }
        removed = steps.count { $0.kind == .removed }
        text = "--- \(old == nil ? "/dev/null" : "a/" + path)\n+++ \(new == nil ? "/dev/null" : "b/" + path)\n" + Self.hunks(steps)
    }

    private enum Kind { case kept, added, removed }
    private struct Step {
        var kind: Kind
        var line: Substring
    }

    /// Each line with its end; the last one may have none.
    private static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex { $0.isNewline }.map { text.index(after: $0) } ?? text.endIndex
            lines.append(text[start..<end])
            start = end
        }
        return lines
    }

    private static func steps(_ before: [Substring], _ after: [Substring]) -> [Step] {
        let difference = after.difference(from: before)
        var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var steps: [Step] = []
        var (old, new) = (0, 0)
        while old < before.count || new < after.count {
            if removed.contains(old) {
                steps.append(Step(kind: .removed, line: before[old]))
                old += 1
            } else if inserted.contains(new) {
                steps.append(Step(kind: .added, line: after[new]))
                new += 1
            } else {
                steps.append(Step(kind: .kept, line: before[old]))
                old += 1
                new += 1
            }
        }
        return steps
    }

    private static func hunks(_ steps: [Step]) -> String {
        var text = ""
        var (old, new) = (1, 1)
        var position = 0
        while position < steps.count {
            guard let first = steps[position...].firstIndex(where: { $0.kind != .kept }) else { break }
            let start = max(position, first - around)
            // A hunk ends where more lines are kept than would stand around two of them.
            var last = first
            var next = first + 1
            while next < steps.count, next - last <= 2 * around {
                if steps[next].kind != .kept { last = next }
                next += 1
            }
            let end = min(steps.count, last + 1 + around)
            (old, new) = (old + start - position, new + start - position)
            let hunk = steps[start..<end]
            let (olds, news) = (hunk.count { $0.kind != .added }, hunk.count { $0.kind != .removed })
            text += "@@ -\(olds == 0 ? old - 1 : old),\(olds) +\(news == 0 ? new - 1 : new),\(news) @@\n"
            for step in hunk {
                text += (step.kind == .kept ? " " : step.kind == .added ? "+" : "-") + step.line
                if step.line.last?.isNewline != true { text += "\n\\ No newline at end of file\n" }
            }
            (old, new) = (old + olds, new + news)
            position = end
        }
        return text
    }
}
