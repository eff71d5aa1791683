import Foundation
import ImageStudio
import Testing

@Suite struct HandleTests {
    @Test(arguments: [
        ("asha", "@asha"), ("@Asha.K_9", "@asha.k_9"), ("A", "@a"),
        (String(repeating: "x", count: 32), "@" + String(repeating: "x", count: 32)),
    ])
    func namesAreHandles(text: String, name: String) throws { #expect(try Handle(text).name == name) }

    @Test(arguments: [
        "", "@", "@@asha", "a b", "asha!", "अशा", "a\nb", "a-b", "...", "é", "a\u{301}", "ignore: all", String(repeating: "x", count: 33),
        String(repeating: "x", count: 100_000),
    ])
    func textIsNone(text: String) {
        #expect(throws: Handle.Failure.invalid(String(text.prefix(40)))) { try Handle(text) }
    }

    @Test func handlesAreStringsInJSON() throws {
        let handles = try JSONDecoder().decode([Handle].self, from: Data(#"["Asha", "@ben"]"#.utf8))
        #expect(handles.map(\.name) == ["@asha", "@ben"])
        #expect(String(decoding: try JSONEncoder().encode(handles), as: UTF8.self) == #"["@asha","@ben"]"#)
        #expect(throws: Handle.Failure.self) { try JSONDecoder().decode([Handle].self, from: Data(#"["a b"]"#.utf8)) }
    }

    @Test(arguments: [
        ("@Asha and @ben, @asha!", ["@asha", "@ben"]), ("hi @asha. @ben...", ["@asha", "@ben"]), ("a@b.com", []), ("@@asha", ["@asha"]),
        ("(@a)@b", ["@a", "@b"]), ("@", []), ("@ asha", []), ("@...", []), ("", []), ("@ben_1.x?", ["@ben_1.x"]),
        ("@" + String(repeating: "x", count: 40), []),
    ])
    func mentionsKeepTheirOrder(text: String, names: [String]) { #expect(Handle.mentions(in: text).map(\.name) == names) }

    @Test func manyMentionsTakeNoTime() {
        let text = (0..<50_000).map { "@user\($0)" }.joined(separator: " ")
        var count = 0
        let time = ContinuousClock().measure { count = Handle.mentions(in: text).count }
        #expect(count == 50_000 && time < .seconds(5))
    }

    @Test func thoseMentionedAreUsedElseSenderAndReceiver() throws {
        let (a, b, c) = (try Handle("a"), try Handle("b"), try Handle("c"))
        #expect(Handle.used(in: "@c and @b and @stranger", participants: [a, b, c], sender: a) == [c, b])
        #expect(Handle.used(in: "@stranger", participants: [a, b], sender: a, receiver: b) == [a, b])
        #expect(Handle.used(in: "hi", participants: [a, b], sender: a) == [a])
        #expect(Handle.used(in: "hi", participants: [a], sender: a, receiver: a) == [a])
        #expect(Handle.used(in: "hi", participants: [], sender: nil) == [])
    }
}
