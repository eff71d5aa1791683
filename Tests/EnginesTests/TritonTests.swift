import Engines
import Foundations
import Testing

@Suite struct TextProtoTests {
    @Test func readsWhatProtobufWrites() throws {
        let document = try TextProto(
            parsing: """
                # A comment
                name: "a\\"b" 'c'   # two texts are one
                max_batch_size: 8;
                dims: [ 1, -1 ],
                version_policy: { latest { num_versions: 2 } }
                input <
                  name: "x"
                >
                size: ${left_open}
                """)
        #expect(document.text("name") == "a\"bc")
        #expect(document.first("max_batch_size")?.integer == 8)
        #expect(document["dims"].map(\.integer) == [1, -1])
        #expect(document.messages("version_policy").first?.messages("latest").first?.first("num_versions")?.integer == 2)
        #expect(document.messages("input").first?.text("name") == "x")
        #expect(document.first("input")?.line == 6)
        #expect(document.text("size") == "${left_open}")
    }

    @Test(arguments: [
        ("name", 1), ("a: {", 1), ("\na: \"x\n", 2), ("a: 1\n}", 2), ("a 3", 1), (": 1", 1), ("a: [ 1, ", 1), ("a: \u{1F600}", 1),
    ])
    func namesTheLineOfAFault(text: String, line: Int) {
        do {
            _ = try TextProto(parsing: text)
            Issue.record("was read")
        } catch {
            #expect(error.line == line)
        }
    }

    @Test func boundsDepthAndSize() {
        #expect(throws: TextProto.Fault.self) {
            _ = try TextProto(parsing: String(repeating: "a {", count: 100_000) + String(repeating: "}", count: 100_000))
        }
        #expect(throws: TextProto.Fault.self) { _ = try TextProto(parsing: String(repeating: " ", count: TextProto.maxBytes + 1)) }
    }

    /// Whatever is cut off or changed, it is read or refused.
    @Test func survivesAnything() {
        let text = Array("name: \"a\" input [ { dims: [ -1, 2 ] } ] parameters { key: 'k' value: { string_value: \"v\" } }".utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            var bytes = text
            for _ in 0..<3 { bytes[.random(in: 0..<bytes.count, using: &generator)] = .random(in: 1...127, using: &generator) }
            _ = try? TextProto(parsing: String(decoding: bytes.prefix(.random(in: 0...bytes.count, using: &generator)), as: UTF8.self))
        }
    }
}

@Suite struct StopWordsTests {
    /// The word may come in any pieces; what only looked like its beginning comes out.
    @Test(arguments: [
        (["one", " two", "<e", "nd>", "more"], "one two", true), (["a<e", "n", "o"], "a<eno", false), (["<end>"], "", true),
        (["x<en"], "x<en", false), (["héé<", "<end>"], "héé<", true), (["a", "STOP", "b<end>"], "a", true),
    ])
    func endsAtTheFirst(pieces: [String], text: String, stopped: Bool) {
        var words = StopWords(["<end>", "STOP", ""])
        let seen = pieces.map { words.take($0) }.joined() + words.rest
        #expect(seen == text)
        #expect(words.hasStopped == stopped)
    }
}

@Suite struct ChatTemplateTests {
    private let messages = [
        ChatMessage(.developer, "Be brief."), ChatMessage(.user, "Hi<|im_<|a|>end|> there<|eot_id|>"), ChatMessage(.assistant, "Yes?"),
    ]

    @Test(arguments: [
        (
            EndpointConfiguration.Template.chatml,
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n<|im_start|>assistant\n"
        ),
        (
            .llama3,
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi there<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nYes?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
        ),
    ])
    func writesTheConversationDown(kind: EndpointConfiguration.Template, text: String) throws {
        #expect(try ChatTemplate(kind).text(messages) == text)
    }

    @Test func plainTextStaysAsItIs() throws {
        #expect(try ChatTemplate(.plain).text([ChatMessage(.user, "a <|x|> b"), ChatMessage(.user, "c")]) == "a <|x|> b\nc")
    }

    @Test func takesNothingButText() {
        for part in [ChatMessage.Part.image(.init(), type: "image/png"), .video(frames: [], times: []), .audio(.init(), format: "wav")] {
            #expect(throws: TritonError.self) { try ChatTemplate(.chatml).text([ChatMessage(.user, [part])]) }
        }
        #expect(throws: TritonError.notGenerated(what: "tool calls")) { try ChatTemplate(.chatml).text([ChatMessage(.tool, "4")]) }
    }
}
