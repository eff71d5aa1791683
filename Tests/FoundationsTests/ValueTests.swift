import Foundation
import Foundations
import Testing

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("1048576", 1_048_576), ("500MiB", 524_288_000), ("1.5 GB", 1_500_000_000), ("2kb", 2000), ("7 b", 7),
    ])
    func parses(text: String, bytes: Int) { #expect(ByteCount.parse(text) == bytes) }

    @Test(arguments: ["", "MiB", "-1", "ten", "nan", "1e40", "5 parsecs"])
    func refuses(text: String) { #expect(ByteCount.parse(text) == nil) }

    @Test(arguments: [0, 1, 1023, 1024, 1536, 500 << 20, 3 << 30])
    func printsWhatItParses(bytes: Int) { #expect(ByteCount.parse(ByteCount.text(bytes)) == bytes) }
}

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("30s", Duration.seconds(30)), ("5m", .seconds(300)), ("1.5h", .seconds(5400)), ("500ms", .milliseconds(500)),
        ("2", .seconds(2)), ("1d", .seconds(86_400)),
    ])
    func parses(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.text(duration)) == duration)
    }

    @Test(arguments: ["", "s", "soon", "inf", "1e300"])
    func refuses(text: String) { #expect(DurationText.parse(text) == nil) }
}

@Suite struct JSONValueTests {
    @Test func roundTrips() throws {
        let text = #"{"a":[1,2.5,true,null,"x/y"],"b":{"c":-3}}"#
        #expect(String(decoding: try JSONValue(parsing: Data(text.utf8)).encoded(), as: UTF8.self) == text)
    }

    @Test func textAndNumbersKeepTheirValue() throws {
        func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: Data(text.utf8)) }
        #expect(try read(#""\u00e9\ud83d\ude00\n\\\"\/""#) == "é😀\n\\\"/")
        #expect(try read("[9007199254740993,-9223372036854775808,2.0,1e2,0.1]") == [9_007_199_254_740_993, .integer(.min), 2, 100, 0.1])
        #expect(try read("18446744073709551615") == .number(18_446_744_073_709_551_615))
        #expect(try read(#"{"a":1,"a":2}"#) == ["a": 2])
        #expect(try read(#""a\ud83d\u0041""#) == "a\u{FFFD}A")
        let awkward: JSONValue = ["text": "\u{1}\t\"\\é😀/\u{2028}", "numbers": [1e300, -0.5, 1e-7, 12345678901234567]]
        #expect(try JSONValue(parsing: awkward.encoded()) == awkward)
        #expect(try JSONDecoder().decode(JSONValue.self, from: awkward.encoded()) == awkward)
        for text in ["", "{", "[1,]", "\u{1}", "nul", "[1] 2"] { #expect(throws: JSONParser.Fault.self) { try read(text) } }
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(Array(#"{"a\#u{1}":1}"#.utf8)) }
    }

    @Test func numbersThatJSONCannotHoldBecomeNull() {
        #expect(String(decoding: JSONValue.array([.number(.nan), .number(.infinity), 1]).encoded(), as: UTF8.self) == "[null,null,1]")
    }
}

@Suite struct ErrorReportTests {
    private struct Unknown: Error { let secret = "/etc/passwd" }

    @Test func unknownErrorsLeakNothing() {
        let envelope = String(decoding: ErrorReport(Unknown()).envelope(requestID: "r1").encoded(), as: UTF8.self)
        #expect(!envelope.contains("passwd"))
        #expect(envelope.contains("\"request_id\":\"r1\""))
        #expect(ErrorReport(Unknown()).kind.status == 500)
    }

    @Test func cancellationIsNotAnInternalError() {
        #expect(ErrorReport(CancellationError()).kind.status == 499)
    }

    @Test func retryAfterIsInMilliseconds() {
        let report = ErrorReport(.busy, code: "queue_full", "Try later.", retryAfter: .seconds(1.5))
        #expect(report.envelope(requestID: nil)["error"]?["retry_after_ms"] == 1500)
    }
}
