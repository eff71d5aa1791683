import Foundation
import Foundations
import Gateway
import Testing

@Suite struct JSONTextTests {
    private func fault(_ text: String) -> GatewayError? {
        do {
            _ = try JSONText.parse(Array(text.utf8))
            return nil
        } catch {
            return error as? GatewayError
        }
    }

    @Test(arguments: [
        "{}", "[]", "\"\"", " {\"a\" : [1, -2.5e+3, true, false, null, \"\\u00e9\\n\\\\\"]}\n", "0", "-0.1", "1E9",
    ])
    func wellFormedTextPasses(_ text: String) { #expect(fault(text) == nil) }

    @Test(arguments: [
        ("", 0), ("{", 1), ("{\"a\":1,}", 7), ("[1 2]", 3), ("{a:1}", 1), ("{\"a\" 1}", 5), ("nul", 3), ("nulL", 3),
        ("01", 1), ("1.", 2), (".5", 0), ("+1", 0), ("1e", 2), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("\"a", 2),
        ("\"\\x\"", 2), ("\"\\u12g4\"", 5), ("\"a\nb\"", 2), ("{} {}", 3), ("'a'", 0), ("[1,]", 3), ("[1}", 2),
    ])
    func faultsNameTheirByte(_ text: String, _ offset: Int) {
        guard case .malformedJSON(let found, _) = fault(text) else {
            Issue.record("\(text) passed")
            return
        }
        #expect(found == offset, "\(text)")
    }

    @Test(arguments: [
        ("{\"a\":1,\"b\":2,\"a\":3}", 13), ("{\"a\":1,\"\\u0061\":3}", 7), ("[9223372036854775808]", 1), ("1e999", 0),
        ("\"\\ud83d\"", 1), ("\"\\ude00\\ud83d\"", 1), ("\"\\ud83d\\u0041\"", 1),
    ])
    func whatReadersDisagreeAboutIsRefused(_ text: String, _ offset: Int) {
        guard case .malformedJSON(let found, _) = fault(text) else {
            Issue.record("\(text) passed")
            return
        }
        #expect(found == offset, "\(text)")
    }

    @Test func depthIsBounded() {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(fault(deep(64)) == nil)
        #expect(fault(deep(65)) == .nestedTooDeep(offset: 64, limit: 64))
        #expect(fault(String(repeating: "{\"a\":", count: 1_000_000)) == .nestedTooDeep(offset: 64 * 5, limit: 64))
    }

    @Test func objectsOnlyAndNumbersInRange() {
        #expect(throws: GatewayError.self) { try BodyReader.parseObject(Data("[1]".utf8)) }
        #expect(throws: GatewayError.self) { try BodyReader.parseObject(Data("{\"a\":1e999}".utf8)) }
        #expect(throws: GatewayError.self) { try BodyReader.parseObject(Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])) }
        #expect(throws: Never.self) { try BodyReader.parseObject(Data("{\"a\":1}".utf8)) }
    }
}
