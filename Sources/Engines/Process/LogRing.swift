import Synchronization

/// The last lines a child wrote. Both the number of lines and their length are bounded, whatever the child does.
final class LogRing: Sendable {
    private struct Content {
        var lines: [String] = []
        var next = 0
        var partial: [UInt8] = []
        var hasReturned = false
    }

    private let maxLines: Int
    private let maxLineBytes: Int
    private let content = Mutex(Content())

    init(maxLines: Int, maxLineBytes: Int = 2048) {
        self.maxLines = max(1, maxLines)
        self.maxLineBytes = maxLineBytes
    }

    /// Takes the next bytes; a line longer than the bound loses its end. What follows a carriage return takes the place of the
    /// line so far, as on a terminal: progress bars leave their last state only.
    func append(_ bytes: some Sequence<UInt8>) {
        content.withLock { content in
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    Self.store(String(decoding: content.partial, as: UTF8.self), in: &content, maxLines)
                    content.partial.removeAll(keepingCapacity: true)
                    content.hasReturned = false
                } else if byte == UInt8(ascii: "\r") {
                    content.hasReturned = true
                } else {
                    if content.hasReturned { content.partial.removeAll(keepingCapacity: true) }
                    content.hasReturned = false
                    if content.partial.count < maxLineBytes { content.partial.append(byte) }
                }
            }
        }
    }

    /// The lines, oldest first, the unfinished one at the end.
    var lines: [String] {
        content.withLock { content in
            let stored = content.lines[content.next...] + content.lines[..<content.next]
            return stored + (content.partial.isEmpty ? [] : [String(decoding: content.partial, as: UTF8.self)])
        }
    }

    private static func store(_ line: String, in content: inout Content, _ maxLines: Int) {
        if content.lines.count < maxLines {
            content.lines.append(line)
        } else {
            content.lines[content.next] = line
            content.next = (content.next + 1) % maxLines
        }
    }
}
