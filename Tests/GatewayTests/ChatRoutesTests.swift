import Engines
import Foundation
import Foundations
import Gateway
import Hummingbird
import HummingbirdTesting
import Testing
import VideoAnalysis

@Suite struct ChatRoutesTests {
    private static let png = "data:image/png;base64," + Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]).base64EncodedString()

    private func chat(_ bench: TestBench, _ body: JSONValue) async throws -> TestResponse {
        try await bench.test { client in
            try await client.execute(
                uri: "/v1/chat/completions", method: .post, headers: TestBench.jsonType, body: ByteBuffer(bytes: body.encoded()))
        }
    }

    @Test func aWholeCompletion() async throws {
        let chatModel = ScriptedChat(events: [
            .promptProgress(done: 1, total: 2), .text("Hel"), .text("lo"),
            .finished(ChatFinish(reason: "stop", promptTokens: 4, completionTokens: 2, cachedTokens: 1)),
        ])
        let response = try await chat(TestBench(chat: chatModel), [
            "messages": [["role": "system", "content": "Be kind."], ["role": "user", "content": [["type": "text", "text": "Hi"]], "name": "x"]],
            "max_completion_tokens": 9, "temperature": 0.5, "stop": ["END"], "logit_bias": ["5": -1], "user": "u",
        ])
        #expect(response.status == .ok)
        #expect(response.json["object"] == "chat.completion" && response.json["model"] == "scripted")
        let choice = response.json["choices"]?.arrayValue?.first
        #expect(choice?["message"] == ["role": "assistant", "content": "Hello", "refusal": .null])
        #expect(choice?["logprobs"] == .null)
        #expect(choice?["finish_reason"] == "stop")
        #expect(response.json["usage"]?["total_tokens"] == 6 && response.json["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 1)
        let request = try #require(chatModel.requests.withLock { $0.first })
        #expect(request.maxTokens == 9 && request.temperature == 0.5 && request.stop == ["END"])
        #expect(request.extra == ["logit_bias": ["5": -1], "user": "u"])
        #expect(request.messages.map(\.role) == [.system, .user] && request.messages[1].extra == ["name": "x"])
    }

    @Test func chunksAndUsage() async throws {
        let bench = TestBench(chat: ScriptedChat(events: [
            .text("Hi"), .delta(["reasoning_content": "hm"]),
            .finished(ChatFinish(reason: "length", promptTokens: 1, completionTokens: 2)),
        ]))
        let response = try await chat(bench, [
            "messages": [["role": "user", "content": "x"]], "stream": true, "stream_options": ["include_usage": true],
        ])
        let events = response.events.map(\.data)
        #expect(events.last == "[DONE]")
        let chunks = events.dropLast()
        #expect(chunks.allSatisfy { $0["object"] == "chat.completion.chunk" && $0["id"] == chunks.first?["id"] })
        let deltas = chunks.compactMap { $0["choices"]?.arrayValue?.first?["delta"] }
        #expect(deltas == [["role": "assistant", "content": ""], ["content": "Hi"], ["reasoning_content": "hm"], [:]])
        #expect(chunks.last?["choices"] == [] && chunks.last?["usage"]?["completion_tokens"] == 2)
        #expect(chunks.first?["usage"] == .null)
        #expect(bench.logs.all.contains { $0.contains("completion_tokens=2") })
    }

    @Test func toolCallsAreMerged() async throws {
        let bench = TestBench(chat: ScriptedChat(events: [
            .delta(["tool_calls": [["index": 0, "id": "c1", "type": "function", "function": ["name": "f", "arguments": "{\"a\""]]]]),
            .delta(["tool_calls": [["index": 0, "id": "", "function": ["name": "", "arguments": ":1}"]]]]),
            .delta(["tool_calls": [["index": 1, "id": "c2", "type": "function", "function": ["name": "g", "arguments": "{}"]]]]),
            .finished(ChatFinish(reason: "tool_calls")),
        ]))
        let response = try await chat(bench, ["messages": [["role": "user", "content": "x"]], "tools": []])
        let message = response.json["choices"]?.arrayValue?.first?["message"]
        #expect(message?["content"] == .null)
        #expect(
            message?["tool_calls"] == [
                ["id": "c1", "type": "function", "function": ["name": "f", "arguments": "{\"a\":1}"]],
                ["id": "c2", "type": "function", "function": ["name": "g", "arguments": "{}"]],
            ])
    }

    @Test func imagesComeFromTheRequestOrAURL() async throws {
        let model = ScriptedChat(events: [.finished(ChatFinish(reason: "stop"))])
        let bench = TestBench(chat: model, fetcher: ScriptedFetcher(bytes: [0xFF, 0xD8, 0xFF, 0]))
        let response = try await chat(bench, [
            "messages": [[
                "role": "user",
                "content": [
                    ["type": "image_url", "image_url": ["url": .string(Self.png)]],
                    ["type": "image_url", "image_url": ["url": "http://a.example/x.gif"]],
                    ["type": "input_audio", "input_audio": ["data": "UklGRg==", "format": "wav"]], ["type": "text", "text": "?"],
                ],
            ]]
        ])
        #expect(response.status == .ok)
        let parts = model.requests.withLock { $0.first?.messages.first?.parts } ?? []
        #expect(parts.count == 4)
        if case .image(let data, let type) = parts[0] { #expect(type == "image/png" && data.count == 9) } else { Issue.record("no image") }
        if case .image(_, let type) = parts[1] { #expect(type == "image/jpeg") } else { Issue.record("no image") }
        if case .audio(let data, let format) = parts[2] { #expect(format == "wav" && data.count == 4) } else { Issue.record("no audio") }
        try await bench.until { bench.leftUploads.isEmpty }
    }

    @Test func badRequestsSayWhere() async throws {
        func fault(_ body: JSONValue, sees: Bool = true) async throws -> (Int, String?, String?) {
            let bench = TestBench(chat: ScriptedChat(seesImages: sees, events: []))
            let response = try await chat(bench, body)
            return (response.status.code, response.error["code"]?.stringValue, response.error["param"]?.stringValue)
        }
        func user(_ content: JSONValue) -> JSONValue { ["messages": [["role": "user", "content": content]]] }
        func image(_ url: String) -> JSONValue { user([["type": "image_url", "image_url": ["url": .string(url)]]]) }
        #expect(try await fault([:]) == (400, "missing", "messages"))
        #expect(try await fault(["messages": []]) == (400, "wrong_type", "messages"))
        #expect(try await fault(["messages": [["role": "wizard", "content": "x"]]]) == (400, "unknown_value", "messages[0].role"))
        #expect(try await fault(user(.null)) == (400, "missing", "messages[0].content"))
        #expect(try await fault(user([["type": "smell"]])) == (400, "unknown_value", "messages[0].content[0].type"))
        #expect(try await fault(user([["type": "text"]])) == (400, "wrong_type", "messages[0].content[0]"))
        #expect(try await fault(image("data:image/png;base64,!")) == (400, "invalid_data_url", "messages[0].content[0]"))
        #expect(try await fault(image("data:image/png;base64,aGFsbG8=")) == (400, "invalid_image", "messages[0].content[0]"))
        #expect(try await fault(image("file:///etc/passwd")) == (400, "invalid_url", "messages[0].content[0]"))
        #expect(try await fault(image(Self.png), sees: false) == (400, "images_not_supported", "messages"))
        #expect(try await fault(["messages": [["role": "user", "content": "x"]], "temperature": 3]) == (400, "out_of_range", "temperature"))
        #expect(try await fault(["messages": [["role": "user", "content": "x"]], "n": 9]) == (400, "out_of_range", "n"))
        #expect(try await fault(["messages": [["role": "user", "content": "x"]], "model": "none"]) == (404, "model_not_found", "model"))
        // An engine that ends without its last event has not answered.
        #expect(try await fault(user("x")) == (502, "answer_missing", nil))
    }

    @Test func anUnknownModelIs404AlsoWhenStreaming() async throws {
        let response = try await chat(TestBench(), ["messages": [["role": "user", "content": "x"]], "model": "none", "stream": true])
        #expect(response.status == .notFound && response.headers[.contentType] == "application/json")
    }

    @Test func videosGoToTheVideoPipeline() async throws {
        let questions = ScriptedQuestions { question, events in
            var source = "file"
            if case .data(let data) = question.source { source = String(decoding: data, as: UTF8.self) }
            let history = question.history.map { "\($0.question)>\($0.answer)" }.joined(separator: ";")
            events.yield(.token("x"))
            events.yield(.done(ScriptedQuestions.result("\(source)|\(question.prompt)|\(history)|\(question.generation.maxTokens)")))
        }
        let messages: JSONValue = [
            ["role": "system", "content": "Short."],
            ["role": "user", "content": [["type": "video_url", "video_url": ["url": "data:video/mp4;base64,Y2xpcA=="]], ["type": "text", "text": "Who?"]]],
            ["role": "assistant", "content": "A cat."], ["role": "user", "content": "Where?"],
        ]
        let whole = try await chat(TestBench(questions: questions), ["messages": messages, "max_tokens": 5])
        let choice = whole.json["choices"]?.arrayValue?.first
        #expect(choice?["message"]?["content"] == "clip|Short.\n\nWhere?|Who?>A cat.|5")
        #expect(whole.json["model"] == "scripted" && whole.json["usage"]?["prompt_tokens"] == 11)
        let streamed = try await chat(TestBench(questions: questions), ["messages": messages, "stream": true])
        let events = streamed.events.map(\.data)
        #expect(events.last == "[DONE]")
        #expect(events.compactMap { $0["choices"]?.arrayValue?.first?["delta"]?["content"]?.stringValue } == ["", "x"])
        #expect(events.dropLast().last?["choices"]?.arrayValue?.first?["finish_reason"] == "stop")
    }

    @Test func unclearVideoChatsAreRefused() async throws {
        func video(_ url: String) -> JSONValue { ["type": "video_url", "video_url": ["url": .string(url)]] }
        func code(_ body: JSONValue) async throws -> String? { try await chat(TestBench(), body).error["code"]?.stringValue }
        let text: JSONValue = ["type": "text", "text": "?"]
        #expect(try await code(["messages": [["role": "user", "content": [video("http://a.example/1")]]]]) == "missing")
        #expect(try await code(["messages": [["role": "user", "content": [video("http://a.example/1"), video("http://a.example/2"), text]]]]) == "several_videos")
        #expect(try await code(["messages": [["role": "user", "content": [video("http://a.example/1"), text]]], "tools": [["type": "function", "function": ["name": "f"]]]]) == "unsupported")
        #expect(try await code(["messages": [["role": "user", "content": [video("http://a.example/1"), text]]], "n": 2]) == "unsupported")
        #expect(try await code(["messages": [["role": "user", "content": [video("ftp://a"), text]]]]) == "invalid_url")
        #expect(try await code(["messages": [["role": "user", "content": [video("data:video/mp4,x"), text]]]]) == "invalid_data_url")
    }

    @Test func severalAnswersHaveTheirOwnIndexAndSeed() async throws {
        let model = ScriptedChat(events: [
            .text("Hi"), .finished(ChatFinish(reason: "stop", promptTokens: 4, completionTokens: 2, cachedTokens: 1)),
        ])
        let whole = try await chat(TestBench(chat: model), ["messages": [["role": "user", "content": "x"]], "n": 3, "seed": 7])
        let choices = whole.json["choices"]?.arrayValue ?? []
        #expect(choices.compactMap { $0["index"]?.intValue } == [0, 1, 2])
        #expect(choices.allSatisfy { $0["message"]?["content"] == "Hi" && $0["finish_reason"] == "stop" })
        #expect(whole.json["usage"]?["prompt_tokens"] == 4 && whole.json["usage"]?["completion_tokens"] == 6)
        #expect(Set(model.requests.withLock { $0.map(\.seed) }) == [7, 8, 9])

        let free = ScriptedChat(events: [.text("Hi"), .finished(ChatFinish(reason: "length"))])
        let streamed = try await chat(TestBench(chat: free), ["messages": [["role": "user", "content": "x"]], "n": 2, "stream": true])
        let pieces = streamed.events.map(\.data).dropLast().compactMap { $0["choices"]?.arrayValue?.first }
        for index in 0..<2 {
            let own = pieces.filter { $0["index"] == .integer(index) }
            #expect(own.map { $0["delta"] } == [["role": "assistant", "content": ""], ["content": "Hi"], [:]])
            #expect(own.last?["finish_reason"] == "length")
        }
        #expect(Set(free.requests.withLock { $0.compactMap(\.seed) }).count == 2)
    }

    @Test func logprobsStandBesideTheDelta() async throws {
        func token(_ text: String, _ alternatives: Int) -> JSONValue {
            ["id": 5, "token": .string(text), "logprob": -0.5, "bytes": [1],
             "top_logprobs": .array((0..<alternatives).map { ["token": .string("t\($0)"), "logprob": -1, "bytes": .null] })]
        }
        let model = ScriptedChat(events: [
            .delta(["logprobs": ["content": [token("a", 3)]]]), .text("a"),
            .delta(["logprobs": ["content": [token("b", 3)]], "reasoning_content": "hm"]),
            .delta(["logprobs": ["content": [token("c", 3)]]]), .finished(ChatFinish(reason: "stop")),
        ])
        func ask(_ more: [String: JSONValue]) async throws -> TestResponse {
            var body: [String: JSONValue] = ["messages": [["role": "user", "content": "x"]]]
            body.merge(more) { $1 }
            return try await chat(TestBench(chat: model), .object(body))
        }
        let choice = try await ask(["logprobs": true, "top_logprobs": 2]).json["choices"]?.arrayValue?.first
        #expect(choice?["message"] == ["role": "assistant", "content": "a", "refusal": .null, "reasoning_content": "hm"])
        let tokens = choice?["logprobs"]?["content"]?.arrayValue ?? []
        #expect(tokens == [token("a", 2), token("b", 2), token("c", 2)])
        #expect(choice?["logprobs"]?["refusal"] == .null)

        let chunks = try await ask(["logprobs": true, "stream": true]).events.map(\.data).dropLast()
            .compactMap { $0["choices"]?.arrayValue?.first }
        #expect(chunks.map { $0["delta"] } == [["role": "assistant", "content": ""], ["content": "a"], ["reasoning_content": "hm"], [:]])
        #expect(chunks.map { $0["logprobs"]?["content"] } == [nil, [token("a", 0)], [token("b", 0)], [token("c", 0)]])

        // Unasked for, they aren't shown.
        #expect(try await ask([:]).json["choices"]?.arrayValue?.first?["logprobs"] == .null)
        #expect(try await ask(["top_logprobs": 2]).error["code"] == "conflict")
    }

    @Test func soundGoesToModelsThatHearAndWordsToTheOthers() async throws {
        let wav = "data:audio/wav;base64," + Self.silence.base64EncodedString()
        func parts(_ bench: TestBench, _ model: ScriptedChat, _ content: JSONValue) async throws -> (TestResponse, [ChatMessage.Part]) {
            let response = try await chat(bench, ["messages": [["role": "user", "content": content]]])
            return (response, model.requests.withLock { $0.last?.messages.first?.parts } ?? [])
        }
        let byURL: JSONValue = ["type": "input_audio", "input_audio": ["url": .string(wav)]]
        let inline: JSONValue = ["type": "input_audio", "input_audio": ["data": .string(Self.silence.base64EncodedString()), "format": "wav"]]
        let text: JSONValue = ["type": "text", "text": "Who?"]
        let done = ChatEvent.finished(ChatFinish(reason: "stop"))

        let hears = ScriptedChat(events: [done])
        let (_, sound) = try await parts(TestBench(chat: hears), hears, [byURL])
        if case .audio(let data, let format) = sound.first { #expect(data == Self.silence && format == "wav") } else { Issue.record("no sound") }
        let deaf = ScriptedChat(hearsSound: false, events: [done])
        let (_, words) = try await parts(TestBench(chat: deaf, speech: ["Ever tried.", "Fail again."]), deaf, [inline])
        if case .text(let said) = words.first { #expect(said == "Ever tried. Fail again.") } else { Issue.record("no words") }
        let (_, quoted) = try await parts(TestBench(chat: deaf, speech: ["Ever tried."]), deaf, [byURL, text])
        if case .text(let said) = quoted.first { #expect(said == "[Recording, in words: \"Ever tried.\"]") } else { Issue.record("no words") }

        let (silent, _) = try await parts(TestBench(chat: deaf, speech: []), deaf, [inline])
        #expect(silent.status == .unprocessableContent && silent.error["code"] == "no_speech" && silent.error["param"] == "messages[0].content[0]")
        let (unheard, _) = try await parts(TestBench(chat: deaf), deaf, [inline])
        #expect(unheard.status == .badRequest && unheard.error["code"] == "sound_not_supported")
        let (strange, _) = try await parts(TestBench(chat: hears), hears, [["type": "input_audio", "input_audio": ["url": "data:audio/wav;base64,aGFsbG8="]]])
        #expect(strange.error["code"] == "invalid_audio")
    }

    /// A tenth of a second of silence as WAV.
    private static let silence: Data = {
        func little(_ number: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
        let head = Array("RIFF".utf8) + little(36 + 3200, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2) + little(1, 2)
        let rate = little(16_000, 4) + little(32_000, 4) + little(2, 2) + little(16, 2)
        return Data(head + rate + Array("data".utf8) + little(3200, 4) + [UInt8](repeating: 0, count: 3200))
    }()

    @Test func fetchedFilesAreBounded() async throws {
        let image: JSONValue = ["type": "image_url", "image_url": ["url": "http://a.example/x.gif"]]
        func code(_ images: Int, _ change: @escaping (inout Configuration) -> Void) async throws -> (Int, String?) {
            let bench = TestBench(
                chat: ScriptedChat(events: [.finished(ChatFinish(reason: "stop"))]), fetcher: ScriptedFetcher(bytes: Array("GIF89a".utf8) + Array(repeating: 0, count: 200)), change)
            let response = try await chat(bench, ["messages": [["role": "user", "content": .array(Array(repeating: image, count: images))]]])
            return (response.status.code, response.error["code"]?.stringValue)
        }
        #expect(try await code(3) { $0.fetch.maxFiles = 3 } == (200, nil))
        #expect(try await code(4) { $0.fetch.maxFiles = 3 } == (400, "too_many_files"))
        // 206 bytes each; the bound is on all of them together, while they arrive.
        #expect(try await code(2) { $0.server.maxBodyBytes = 500 } == (200, nil))
        #expect(try await code(3) { $0.server.maxBodyBytes = 500 } == (413, "fetch_too_large"))
    }

    @Test func faultsInToolsSayWhere() async throws {
        func fault(_ more: [String: JSONValue], messages: JSONValue = [["role": "user", "content": "x"]]) async throws -> (String?, String?) {
            var body: [String: JSONValue] = ["messages": messages]
            body.merge(more) { $1 }
            let response = try await chat(TestBench(), .object(body))
            return response.status == .badRequest ? (response.error["code"]?.stringValue, response.error["param"]?.stringValue) : (nil, nil)
        }
        let tool: JSONValue = ["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]
        #expect(try await fault(["tools": "f"]) == ("wrong_type", "tools"))
        #expect(try await fault(["tools": [tool, ["type": "function"]]]) == ("wrong_type", "tools[1]"))
        #expect(try await fault(["tools": [tool], "tool_choice": "perhaps"]) == ("unknown_value", "tool_choice"))
        #expect(try await fault(["tool_choice": "required"]) == ("conflict", "tool_choice"))
        #expect(try await fault(["tools": [tool], "tool_choice": ["type": "function", "function": ["name": "g"]]]) == ("unknown_value", "tool_choice"))
        #expect(try await fault(["tools": [tool], "tool_choice": ["type": "function", "function": ["name": "f"]]]) == (nil, nil))
        #expect(try await fault(["response_format": ["type": "xml"]]) == ("unknown_value", "response_format.type"))
        #expect(try await fault(["response_format": ["type": "json_schema", "json_schema": ["name": "x"]]]) == ("missing", "response_format.json_schema.schema"))
        #expect(try await fault([:], messages: [["role": "tool", "content": "7"]]) == ("missing", "messages[0].tool_call_id"))
        #expect(try await fault([:], messages: [["role": "assistant", "content": .null, "tool_calls": [["id": "a"]]]]) == ("wrong_type", "messages[0].tool_calls[0]"))
        #expect(try await fault([:], messages: [["role": "user", "content": []]]) == ("missing", "messages[0].content"))
        #expect(try await fault([:], messages: .array(Array(repeating: ["role": "user", "content": "x"], count: 10_000))) == ("wrong_type", "messages"))
        #expect(try await fault(["seed": 1e30]) == ("out_of_range", "seed"))
        #expect(try await fault(["seed": 9_007_199_254_740_993]) == (nil, nil))
    }

    @Test func errorsInAStreamTakeAChunksPlace() async throws {
        let bench = TestBench(chat: ScriptedChat(events: [.text("a")]))
        let response = try await chat(bench, ["messages": [["role": "user", "content": "x"]], "stream": true])
        #expect(response.status == .ok)
        #expect(response.events.last?.data["error"]?["code"] == "answer_missing")
    }

    @Test func modelsAreListedAndFound() async throws {
        try await TestBench().test { client in
            let list = try await client.execute(uri: "/v1/models", method: .get).json
            #expect(list["object"] == "list" && list["data"]?.arrayValue?.count == 2)
            #expect(list["data"]?.arrayValue?.first?["state"] == "ready")
            #expect(try await client.execute(uri: "/v1/models/scripted", method: .get).json["id"] == "scripted")
            #expect(try await client.execute(uri: "/v1/models/org/other%20model", method: .get).json["id"] == "org/other model")
            #expect(try await client.execute(uri: "/v1/models/org%2Fother%20model", method: .get).json["id"] == "org/other model")
            let missing = try await client.execute(uri: "/v1/models/none", method: .get)
            #expect(missing.status == .notFound && missing.error["code"] == "model_not_found")
        }
    }
}
