import Networking
import Testing

@Suite struct ServerSentEventParserTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var events: [ServerSentEvent]
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ events: [ServerSentEvent]) {
            self.init(name, bytes: Array(text.utf8), events)
        }

        init(_ name: String, bytes: [UInt8], _ events: [ServerSentEvent]) {
            self.name = name
            self.bytes = bytes
            self.events = events
        }
    }

    static let examples: [Example] = [
        Example("one event", "data: hello\n\n", [.init(data: "hello")]),
        Example("no space", "data:hello\n\n", [.init(data: "hello")]),
        Example("only one space goes", "data:  hello\n\n", [.init(data: " hello")]),
        Example("several data lines", "data: YHOO\ndata: +2\ndata: 10\n\n", [.init(data: "YHOO\n+2\n10")]),
        Example("CRLF", "event: a\r\ndata: x\r\n\r\ndata: y\r\n\r\n", [.init(type: "a", data: "x"), .init(data: "y")]),
        Example("CR", "data: x\rdata: y\r\r", [.init(data: "x\ny")]),
        Example("mixed ends", "data: x\r\ndata: y\rdata: z\n\r\n", [.init(data: "x\ny\nz")]),
        Example("CR LF LF is two ends", "data: x\r\n\n", [.init(data: "x")]),
        Example(
            "the standard's comment and id example",
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [
                .init(data: "first event", lastEventID: "1"), .init(data: "second event"), .init(data: " third event"),
            ]),
        Example("the standard's empty data example", "data\n\ndata\ndata\n\ndata:", [.init(data: ""), .init(data: "\n")]),
        Example("equal with and without space", "data:test\n\ndata: test\n\n", [.init(data: "test"), .init(data: "test")]),
        Example("type without data isn't dispatched, and is forgotten", "event: a\n\ndata: x\n\n", [.init(data: "x")]),
        Example("id stays, type doesn't", "id: 7\nevent: e\ndata: x\n\ndata: y\n\n", [
            .init(type: "e", data: "x", lastEventID: "7"), .init(data: "y", lastEventID: "7"),
        ]),
        Example("id with NUL is ignored", "id: a\u{0}b\ndata: x\n\n", [.init(data: "x")]),
        Example("id set by an event without data", "id: 3\n\ndata: x\n\n", [.init(data: "x", lastEventID: "3")]),
        Example("unknown fields and a name with capitals", "Data: no\nfoo: bar\ndata: x\n\n", [.init(data: "x")]),
        Example("colon in the value", "data: a:b: c\n\n", [.init(data: "a:b: c")]),
        Example("BOM", "\u{FEFF}data: x\n\n", [.init(data: "x")]),
        Example("BOM only at the start", "data: x\n\n\u{FEFF}data: y\n\n", [.init(data: "x")]),
        Example("cut off at the end", "data: x\n\ndata: y\n", [.init(data: "x")]),
        Example("cut off inside a line", "data: x\n\ndata: y", [.init(data: "x")]),
        Example("more than one byte per character", "data: grün 🐈 猫\n\n", [.init(data: "grün 🐈 猫")]),
        Example(
            "invalid UTF-8", bytes: Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8), [.init(data: "a\u{FFFD}b")]),
        Example("chat stream", "data: {\"a\":1}\n\ndata: [DONE]\n\n", [.init(data: "{\"a\":1}"), .init(data: "[DONE]")]),
        Example("nothing", "", []),
        Example("blank lines", "\n\n\r\n\r\r", []),
    ]

    @Test(arguments: examples) func wholeAtOnce(_ example: Example) throws {
        var parser = ServerSentEventParser()
        #expect(try parser.feed(example.bytes) == example.events)
    }

    @Test(arguments: examples) func byteByByte(_ example: Example) throws {
        var parser = ServerSentEventParser()
        #expect(try example.bytes.flatMap { try parser.feed([$0]) } == example.events)
    }

    @Test(arguments: examples) func everyCutIntoThree(_ example: Example) throws {
        for first in 0...example.bytes.count {
            for second in first...example.bytes.count {
                var parser = ServerSentEventParser()
                var events = try parser.feed(example.bytes[..<first])
                events += try parser.feed(example.bytes[first..<second])
                events += try parser.feed(example.bytes[second...])
                #expect(events == example.events, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func retryTakesDigitsOnly() throws {
        var parser = ServerSentEventParser()
        _ = try parser.feed(Array("retry: 1500\n".utf8))
        #expect(parser.retryMilliseconds == 1500)
        _ = try parser.feed(Array("retry: -3\nretry: 2s\nretry:\nretry: 99999999999999999999\n".utf8))
        #expect(parser.retryMilliseconds == 1500)
    }

    @Test func lineIsBounded() throws {
        var parser = ServerSentEventParser(maxLineBytes: 10)
        #expect(try parser.feed(Array("data: 4567\n\n".utf8)) == [.init(data: "4567")])
        #expect(throws: NetworkError.eventTooLarge(limit: 10)) { try parser.feed(Array("data: 45678".utf8)) }
    }

    @Test func endlessLineIsRefusedWithoutAnEnd() throws {
        var parser = ServerSentEventParser(maxLineBytes: 64)
        #expect(throws: NetworkError.eventTooLarge(limit: 64)) {
            for _ in 0..<65 { _ = try parser.feed([UInt8(ascii: "x")]) }
        }
    }

    @Test func eventIsBounded() throws {
        var parser = ServerSentEventParser(maxLineBytes: 100, maxEventBytes: 50)
        #expect(throws: NetworkError.eventTooLarge(limit: 50)) {
            for _ in 0..<10 { _ = try parser.feed(Array("data: 0123456789\n".utf8)) }
        }
    }

    @Test func boundCountsOneEventOnly() throws {
        var parser = ServerSentEventParser(maxLineBytes: 100, maxEventBytes: 50)
        for _ in 0..<100 {
            #expect(try parser.feed(Array("data: 0123456789\n\n".utf8)).count == 1)
        }
    }

    @Test func boundCountsEmptyDataLines() throws {
        var parser = ServerSentEventParser(maxLineBytes: 100, maxEventBytes: 50)
        #expect(throws: NetworkError.eventTooLarge(limit: 50)) {
            for _ in 0..<100 { _ = try parser.feed(Array("data\n".utf8)) }
        }
    }
}
