import Foundation

/// Reads `multipart/form-data` (RFC 7578, framing of RFC 2046) piece by piece. A value: pieces go in, events come out.
///
/// A delimiter counts only as a whole line: `CRLF "--" boundary`, then `--` or optional blanks and CRLF. Whatever merely
/// begins like one, for example the longer boundary of a nested form, is content. Lines that end in a bare LF are no
/// lines. At most one delimiter's length of content is held back; headers, preamble and the number of parts are bounded.
package struct MultipartParser: Sendable {
    package enum Event: Equatable, Sendable {
        case part(MultipartHeader)
        case content([UInt8])
        case partEnd
        /// The closing boundary; what follows is ignored.
        case end
    }

    package struct Limits: Sendable {
        package var maxHeaderBytes = 16 << 10
        package var maxPreambleBytes = 16 << 10
        package var maxParts = 64
        package init() {}
    }

    private enum State { case preamble, afterDelimiter(wasPreamble: Bool), headers, content, finished }

    private static let carriageReturn: UInt8 = 13
    private static let lineFeed: UInt8 = 10
    private static let dash: UInt8 = 45
    private static let maxPadding = 64

    private let delimiter: [UInt8]
    private let limits: Limits
    private var state = State.preamble
    private var pending: [UInt8]
    private var parts = 0
    private var preamble = 0

    /// - Throws: `MultipartFault.badBoundary`.
    package init(boundary: String, limits: Limits = Limits()) throws(MultipartFault) {
        let allowed = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=? ".utf8)
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy(allowed.contains), boundary.last != " " else {
            throw .badBoundary
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        // The first delimiter stands at the start of the body, as if a line had just ended.
        pending = [Self.carriageReturn, Self.lineFeed]
    }

    package var isFinished: Bool { if case .finished = state { true } else { false } }

    /// Takes the next piece of the body.
    package mutating func feed(_ piece: some Sequence<UInt8>) throws(MultipartFault) -> [Event] {
        if isFinished { return [] }
        pending.append(contentsOf: piece)
        var events: [Event] = []
        var position = 0
        while let next = try step(from: position, &events) { position = next }
        pending.removeFirst(position)
        return events
    }

    /// The body is over.
    /// - Throws: `boundaryNotFound` or `truncated` when the closing boundary has not come.
    package func finish() throws(MultipartFault) {
        switch state {
        case .finished: return
        case .preamble, .afterDelimiter(wasPreamble: true): throw .boundaryNotFound
        default: throw .truncated
        }
    }

    /// Does one step at `start` and returns where the next begins; `nil` when more bytes are needed. In that case
    /// everything before the position last returned is done with.
    private mutating func step(from start: Int, _ events: inout [Event]) throws(MultipartFault) -> Int? {
        switch state {
        case .preamble: return try skipPreamble(from: start)
        case .afterDelimiter(let wasPreamble): return try readDelimiterEnd(from: start, wasPreamble, &events)
        case .headers: return try readHeaders(from: start, &events)
        case .content: return readContent(from: start, &events)
        case .finished: return start < pending.count ? pending.count : nil
        }
    }

    private mutating func skipPreamble(from start: Int) throws(MultipartFault) -> Int? {
        let end = searchDelimiter(from: start)
        preamble += end.position - start
        if preamble > limits.maxPreambleBytes { throw .preambleTooLong }
        if end.isWhole { state = .afterDelimiter(wasPreamble: true) }
        return end.isWhole || end.position > start ? end.position : nil
    }

    private mutating func readContent(from start: Int, _ events: inout [Event]) -> Int? {
        let end = searchDelimiter(from: start)
        if end.position > start { events.append(.content(Array(pending[start..<end.position]))) }
        if end.isWhole { state = .afterDelimiter(wasPreamble: false) }
        return end.isWhole || end.position > start ? end.position : nil
    }

    /// What stands behind the delimiter at `start` decides whether it was one.
    private mutating func readDelimiterEnd(
        from start: Int, _ wasPreamble: Bool, _ events: inout [Event]
    ) throws(MultipartFault) -> Int? {
        var index = start + delimiter.count
        guard index < pending.count else { return nil }
        if pending[index] == Self.dash {
            guard index + 1 < pending.count else { return nil }
            if pending[index + 1] == Self.dash {
                if !wasPreamble { events.append(.partEnd) }
                events.append(.end)
                state = .finished
                return pending.count
            }
        } else {
            while index < pending.count, pending[index] == 32 || pending[index] == 9, index - start < delimiter.count + Self.maxPadding {
                index += 1
            }
            guard index < pending.count else { return nil }
            if pending[index] == Self.carriageReturn {
                guard index + 1 < pending.count else { return nil }
                if pending[index + 1] == Self.lineFeed {
                    parts += 1
                    if parts > limits.maxParts { throw .tooManyParts(limit: limits.maxParts) }
                    if !wasPreamble { events.append(.partEnd) }
                    state = .headers
                    return index + 2
                }
            }
        }
        // A look-alike: its first byte is content (or preamble), the search goes on behind it.
        if wasPreamble {
            preamble += 1
            state = .preamble
        } else {
            events.append(.content([pending[start]]))
            state = .content
        }
        return start + 1
    }

    private mutating func readHeaders(from start: Int, _ events: inout [Event]) throws(MultipartFault) -> Int? {
        var index = start
        while index + 3 < pending.count {
            // A blank line first: a part without headers, which has no name.
            if index == start, pending[index] == Self.carriageReturn { throw .badHeader }
            if pending[index] == Self.carriageReturn, pending[index + 1] == Self.lineFeed,
                pending[index + 2] == Self.carriageReturn, pending[index + 3] == Self.lineFeed
            {
                if index - start > limits.maxHeaderBytes { throw .headersTooLong }
                events.append(.part(try MultipartHeader(parsing: pending[start..<index])))
                state = .content
                return index + 4
            }
            index += 1
        }
        if pending.count - start > limits.maxHeaderBytes + 4 { throw .headersTooLong }
        return nil
    }

    /// The first place at or after `start` where the delimiter stands, or may stand once more bytes come.
    private func searchDelimiter(from start: Int) -> (position: Int, isWhole: Bool) {
        pending.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return (start, false) }
            var position = start
            while position < bytes.count {
                guard let found = memchr(base + position, Int32(Self.carriageReturn), bytes.count - position) else { break }
                position = UnsafeRawPointer(found) - base
                let available = min(delimiter.count, bytes.count - position)
                let matches = delimiter.withUnsafeBytes { delimiter in
                    delimiter.baseAddress.map { memcmp(base + position, $0, available) == 0 } ?? false
                }
                if matches { return (position, available == delimiter.count) }
                position += 1
            }
            return (bytes.count, false)
        }
    }
}
