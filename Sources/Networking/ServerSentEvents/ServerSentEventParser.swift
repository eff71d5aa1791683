import Foundations

/// Turns the bytes of a `text/event-stream` into events, however the bytes are cut into chunks.
///
/// Implements "Interpreting an event stream" of the WHATWG HTML standard: lines end with LF, CR or CRLF, one byte
/// order mark at the start is skipped, comments and unknown fields are ignored, invalid UTF-8 becomes U+FFFD, an
/// event without data isn't dispatched, and an event that the stream's end cuts off is dropped.
///
///     var parser = ServerSentEventParser()
///     for try await chunk in body {
///         for event in try parser.feed(chunk.readableBytesView) { … }
///     }
public struct ServerSentEventParser: Sendable {
    /// Bytes of one line, and of the data of one event. A peer that sends more is refused, not buffered.
    public let maxLineBytes: Int
    public let maxEventBytes: Int
    /// The reconnection time the stream asked for, in milliseconds.
    public private(set) var retryMilliseconds: Int?

    private var line: [UInt8] = []
    private var lastByteWasCarriageReturn = false
    private var isFirstLine = true

    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var lastEventID = ""

    public init(maxLineBytes: Int = 1 << 20, maxEventBytes: Int = 4 << 20) {
        self.maxLineBytes = maxLineBytes
        self.maxEventBytes = maxEventBytes
    }

    /// Takes the next bytes.
    /// - Returns: the events they complete, in order.
    /// - Throws: `NetworkError.eventTooLarge` when a line or an event goes over its bound. The stream is then unusable.
    public mutating func feed(_ bytes: some Sequence<UInt8>) throws -> [ServerSentEvent] {
        // Byte by byte through the protocol would cost more than everything else that is done with an event.
        let events = try bytes.withContiguousStorageIfAvailable { try read($0) }
        return try events ?? Array(bytes).withUnsafeBufferPointer { try read($0) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [ServerSentEvent] {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var events: [ServerSentEvent] = []
        var start = 0
        while start < bytes.count {
            // The LF of a CRLF whose CR already ended the line.
            if lastByteWasCarriageReturn {
                lastByteWasCarriageReturn = false
                if bytes[start] == lineFeed {
                    start += 1
                    continue
                }
            }
            var end = start
            while end < bytes.count, bytes[end] != lineFeed, bytes[end] != carriageReturn { end += 1 }
            guard line.count + end - start <= maxLineBytes else { throw NetworkError.eventTooLarge(limit: maxLineBytes) }
            line.append(contentsOf: bytes[start..<end])
            guard end < bytes.count else { break }
            lastByteWasCarriageReturn = bytes[end] == carriageReturn
            if let event = try endLine() { events.append(event) }
            start = end + 1
        }
        return events
    }

    private mutating func endLine() throws -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        var content = line[...]
        if isFirstLine {
            isFirstLine = false
            if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        }
        if content.isEmpty { return dispatch() }

        let colon = content.firstIndex(of: UInt8(ascii: ":"))
        let name = content[..<(colon ?? content.endIndex)]
        var value = colon.map { content[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        try take(field: String(decoding: name, as: UTF8.self), value: value)
        return nil
    }

    private mutating func take(field: String, value: ArraySlice<UInt8>) throws {
        switch field {
        case "data":
            guard data.count + value.count < maxEventBytes else {
                throw NetworkError.eventTooLarge(limit: maxEventBytes)
            }
            if hasData { data.append(UInt8(ascii: "\n")) }
            hasData = true
            data.append(contentsOf: value)
        case "event":
            type = String(decoding: value, as: UTF8.self)
        case "id":
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isDigits = value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isDigits, let milliseconds = Int(String(decoding: value, as: UTF8.self)) {
                retryMilliseconds = milliseconds
            }
        default:
            // Comments (an empty name) and fields we don't know.
            break
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            type = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self),
            lastEventID: lastEventID)
    }
}
