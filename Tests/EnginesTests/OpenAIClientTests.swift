import Engines
import Foundation
import Foundations
import Testing

/// The client against peers that behave, and that don't.
@Suite struct OpenAIClientTests {
    private typealias Peer = MisbehavingPeer

    private func client(
        _ url: String, _ dialect: EndpointConfiguration.Dialect = .openai, limits: EngineLimits = .init()
    ) throws -> OpenAIClient {
        try OpenAIClient(
            name: "peer", baseURL: url, apiKey: "sk-secret", model: "m", dialect: dialect, limits: limits,
            client: EngineFixtures.http)
    }

    private let hello = ChatRequest(messages: [ChatMessage(.user, "hello")])

    private func failure(_ steps: [MisbehavingPeer.Step], limits: EngineLimits = .init()) async throws -> ErrorReport? {
        let peer = try await Peer.start(steps)
        defer { peer.stop() }
        let client = try client(peer.url, limits: limits)
        return await EngineFixtures.report { _ = try await EngineFixtures.answer(client, hello) }
    }

    @Test func streamsTextDeltasProgressAndUsage() async throws {
        let peer = try await Peer.start([
            .send(Peer.head), .send(Peer.event(#"{"choices":[],"prompt_progress":{"total":9,"cache":0,"processed":4}}"#)),
            .send(Peer.event(#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}"#)),
            .send(Peer.text("Hel")), .send(Peer.chunk(": ping\n\n")), .send(Peer.text("lo")),
            .send(Peer.event(#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a"}]}}]}"#)),
            .send(Peer.event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#)),
            .send(
                Peer.event(
                    #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":5}}}"#)),
            .send(Peer.event("[DONE]")), .send("0\r\n\r\n"),
        ])
        defer { peer.stop() }
        var request = hello
        request.maxTokens = 7
        request.extra = ["tools": [], "stream": false, "model": "other"]
        let answer = try await EngineFixtures.answer(client(peer.url), request)
        #expect(answer.text == "Hello")
        #expect(answer.progress == 1)
        #expect(answer.deltas == [["tool_calls": [["index": 0, "id": "a"]]]])
        #expect(
            answer.finish
                == ChatFinish(reason: "tool_calls", promptTokens: 9, completionTokens: 2, cachedTokens: 5))

        let sent = try #require(peer.requests.first)
        #expect(sent.hasPrefix("POST /v1/chat/completions HTTP/1.1"))
        #expect(sent.lowercased().contains("authorization: bearer sk-secret"))
        let body = try JSONValue(parsing: Data(try #require(sent.components(separatedBy: "\r\n\r\n").last).utf8))
        #expect(
            body == [
                "model": "m", "stream": true, "stream_options": ["include_usage": true], "max_tokens": 7, "tools": [],
                "messages": [["role": "user", "content": "hello"]],
            ])
    }

    @Test func traceParentTravels() async throws {
        let peer = try await Peer.start([.send(Peer.head), .send(Peer.event("[DONE]")), .send("0\r\n\r\n")])
        defer { peer.stop() }
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let context = RequestContext(id: "abc", deadline: .after(.seconds(10)), trace: Trace(parent: trace, state: "vendor=1"))
        for try await _ in try await client(peer.url).stream(hello, context: context) {}
        #expect(peer.requests.first?.contains("traceparent: \(trace)") == true)
        #expect(peer.requests.first?.contains("tracestate: vendor=1") == true)
        #expect(peer.requests.first?.contains("x-request-id: abc") == true)
    }

    @Test(arguments: [
        ("401 Unauthorized", 502, "engine_key_refused"), ("403 Forbidden", 502, "engine_key_refused"),
        ("500 Oops", 502, "engine_failed"), ("503 Busy", 503, "engine_unavailable"),
        ("502 Bad", 503, "engine_unavailable"), ("418 Teapot", 502, "engine_protocol_error"),
        ("400 Bad", 422, "engine_refused_request"),
    ])
    func refusalsAreMapped(_ status: String, _ expected: Int, _ code: String) async throws {
        let body = #"{"error":{"message":"Incorrect API key sk-secret at http://10.0.0.1/x"}}"#
        let report = try await failure([.send(Peer.response(status, "", body))])
        #expect(report?.kind.status == expected)
        #expect(report?.code == code)
        #expect(report?.message.contains("sk-secret") == false)
        #expect(report?.message.contains("10.0.0.1") == false)
    }

    @Test(arguments: [
        #"{"error":{"code":400,"message":"request (900 tokens) exceeds the available context size (512 tokens)","type":"exceed_context_size_error","n_prompt_tokens":900,"n_ctx":512}}"#,
        #"{"error":{"message":"This model's maximum context length is 512 tokens.","code":"context_length_exceeded"}}"#,
        #"{"object":"error","message":"This model's maximum context length is 512 tokens."}"#,
    ])
    func tooLongAQuestionIsTold(_ body: String) async throws {
        let report = try await failure([.send(Peer.response("400 Bad Request", "", body))])
        #expect(report?.code == "context_length_exceeded")
        #expect(report?.kind.status == 422)
    }

    @Test func retryAfterIsKept() async throws {
        let report = try await failure([.send(Peer.response("429 Too Many", "retry-after: 17\r\n", "{}"))])
        #expect(report?.kind == .busy)
        #expect(report?.retryAfter == .seconds(17))
    }

    @Test func refusedConnectionIsUnavailable() async throws {
        let peer = try await Peer.start([])
        let url = peer.url
        peer.stop()
        let client = try client(url)
        let isClosed = try await EngineFixtures.eventually {
            await EngineFixtures.report { _ = try await EngineFixtures.answer(client, hello) }?.code == "engine_unavailable"
        }
        #expect(isClosed)
    }

    @Test func resetBeforeTheFirstByteIsUnavailable() async throws {
        #expect(try await failure([.reset])?.code == "engine_unavailable")
        #expect(try await failure([.close])?.code == "engine_unavailable")
    }

    @Test func cutInTheMiddleIsADeath() async throws {
        for end in [MisbehavingPeer.Step.close, .reset] {
            let report = try await failure([.send(Peer.head), .send(Peer.text("Hel")), end])
            #expect(report?.code == "engine_died")
            #expect(report?.kind.status == 503)
        }
        // Ended in good form, but without an end of the answer.
        #expect(try await failure([.send(Peer.head + Peer.text("Hel") + "0\r\n\r\n")])?.code == "engine_died")
    }

    @Test func garbageIsAProtocolError() async throws {
        #expect(try await failure([.send(Peer.head), .send(Peer.event("{not json"))])?.code == "engine_protocol_error")
        #expect(try await failure([.send(Peer.head), .send(Peer.event("[1]"))])?.code == "engine_protocol_error")
        #expect(try await failure([.send(Peer.response("200 OK", "", "<html>"))])?.code == "engine_protocol_error")
        #expect(try await failure([.send("\u{1}\u{2}garbage\r\n\r\n"), .close])?.code == "engine_unavailable")
    }

    @Test func errorInsideTheStreamIsMapped() async throws {
        let report = try await failure([
            .send(Peer.head), .send(Peer.event(#"{"error":{"code":400,"type":"exceed_context_size_error","message":"x"}}"#)),
        ])
        #expect(report?.code == "context_length_exceeded")
    }

    @Test func hugeEventsAndAnswersAreCutOff() async throws {
        var limits = EngineLimits()
        limits.maxEventBytes = 10_000
        let huge = String(repeating: "x", count: 20_000)
        #expect(try await failure([.send(Peer.head), .send(Peer.text(huge))], limits: limits)?.code == "engine_answer_too_large")
        limits.maxAnswerBytes = 50_000
        let many = [MisbehavingPeer.Step.send(Peer.head)] + (0..<20).map { _ in .send(Peer.text(String(huge.prefix(5000)))) }
        #expect(try await failure(many, limits: limits)?.code == "engine_answer_too_large")
    }

    @Test func silenceIsGivenUp() async throws {
        var limits = EngineLimits()
        limits.idleTimeout = .milliseconds(150)
        #expect(try await failure([], limits: limits)?.code == "engine_silent")
        #expect(try await failure([.send(Peer.head), .send(Peer.text("a"))], limits: limits)?.code == "engine_silent")
    }

    @Test func deadlineIsKept() async throws {
        for steps in [[], [MisbehavingPeer.Step.send(Peer.head), .send(Peer.text("a"))]] {
            let peer = try await Peer.start(steps)
            defer { peer.stop() }
            let client = try client(peer.url)
            let report = await EngineFixtures.report {
                let context = RequestContext(deadline: .after(.milliseconds(200)))
                for try await _ in try await client.stream(hello, context: context) {}
            }
            #expect(report?.code == "deadline_exceeded")
        }
    }

    @Test func cancellingClosesTheConnection() async throws {
        let peer = try await Peer.start([.send(Peer.head), .send(Peer.text("a"))])
        defer { peer.stop() }
        let client = try client(peer.url)
        let reading = Task {
            for try await _ in try await client.stream(hello, context: EngineFixtures.context) {}
        }
        #expect(try await EngineFixtures.eventually { peer.requests.count == 1 })
        reading.cancel()
        #expect(try await EngineFixtures.eventually { peer.closedByClient == 1 })
        _ = await reading.result
    }

    @Test func lettingGoOfTheStreamClosesTheConnection() async throws {
        let peer = try await Peer.start([.send(Peer.head), .send(Peer.text("a"))])
        defer { peer.stop() }
        for try await _ in try await client(peer.url).stream(hello, context: EngineFixtures.context) { break }
        #expect(try await EngineFixtures.eventually { peer.closedByClient == 1 })
    }

    @Test func listsModels() async throws {
        let peer = try await Peer.start([.send(Peer.response("200 OK", "", #"{"data":[{"id":"a"},{"id":"b"}]}"#))])
        defer { peer.stop() }
        #expect(try await client(peer.url).models(context: EngineFixtures.context) == ["a", "b"])
    }

    /// Nobody reads it while it is written: it is asked for as a whole, and says the same.
    @Test func answersThatNobodyFollowsComeWhole() async throws {
        let answer = #"""
            {"choices":[{"index":0,"finish_reason":"tool_calls","logprobs":{"content":[]},"message":{"role":"assistant",
            "content":"Hello","refusal":null,"tool_calls":[{"id":"a"}]}}],
            "usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":5}}}
            """#
        let peer = try await Peer.start([
            .send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.utf8.count)\r\n\r\n\(answer)")
        ])
        defer { peer.stop() }
        var request = hello
        request.isFollowed = false
        let whole = try await EngineFixtures.answer(client(peer.url), request)
        #expect(whole.text == "Hello")
        #expect(whole.deltas == [["tool_calls": [["id": "a"]], "logprobs": ["content": []]]])
        #expect(whole.finish == ChatFinish(reason: "tool_calls", promptTokens: 9, completionTokens: 2, cachedTokens: 5))
        let sent = try #require(peer.requests.first)
        #expect(!sent.contains(#""stream""#))
        #expect(sent.lowercased().contains("accept: application/json"))
    }

    /// An endpoint that streams whatever it is asked for is understood all the same.
    @Test func aStreamInPlaceOfAWholeAnswerIsRead() async throws {
        let peer = try await Peer.start([
            .send(Peer.head), .send(Peer.text("Hel")), .send(Peer.text("lo")), .send(Peer.event("[DONE]")), .send("0\r\n\r\n"),
        ])
        defer { peer.stop() }
        var request = hello
        request.isFollowed = false
        let answer = try await EngineFixtures.answer(client(peer.url), request)
        #expect(answer.text == "Hello" && answer.finish?.reason == "stop")
    }

    @Test func aWholeAnswerThatIsNoneIsTold() async throws {
        let peer = try await Peer.start([.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"choices\":[]}")])
        defer { peer.stop() }
        var request = hello
        request.isFollowed = false
        let client = try client(peer.url)
        let report = await EngineFixtures.report { _ = try await EngineFixtures.answer(client, request) }
        #expect(report?.code == "engine_protocol_error")
    }

    @Test func logprobsComeBeforeTheirText() async throws {
        let peer = try await Peer.start([
            .send(Peer.head),
            .send(Peer.event(#"{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}]}}]}"#)),
            .send(Peer.event("[DONE]")), .send("0\r\n\r\n"),
        ])
        defer { peer.stop() }
        var seen: [String] = []
        for try await event in try await client(peer.url).stream(hello, context: EngineFixtures.context).events {
            switch event {
            case .text(let text): seen.append(text)
            case .delta(let delta): seen.append(String(decoding: delta.encoded(), as: UTF8.self))
            default: break
            }
        }
        #expect(seen == [#"{"logprobs":{"content":[{"token":"a"}]}}"#, "a"])
    }

    @Test func embedsInTheInputsOrder() async throws {
        let answer = #"{"data":[{"index":1,"embedding":[0.5,-1]},{"index":0,"embedding":"AAAAPwAAgL8="}],"usage":{"prompt_tokens":3}}"#
        let peer = try await Peer.start([.send(Peer.response("200 OK", "", answer))])
        defer { peer.stop() }
        let batch = try await client(peer.url).embed([.text("a"), .tokens([7, 8])], dimensions: 2, context: EngineFixtures.context)
        #expect(batch == EmbeddingBatch(vectors: [[0.5, -1], [0.5, -1]], promptTokens: 3))
        let sent = try #require(peer.requests.first)
        #expect(sent.hasPrefix("POST /v1/embeddings HTTP/1.1"))
        let body = try JSONValue(parsing: Data(try #require(sent.components(separatedBy: "\r\n\r\n").last).utf8))
        #expect(body == ["model": "m", "input": ["a", [7, 8]], "dimensions": 2, "encoding_format": "base64"])
    }

    @Test(arguments: [
        "{}", #"{"data":[]}"#, #"{"data":[{"index":1,"embedding":[1]}]}"#, #"{"data":[{"embedding":[]}]}"#,
        #"{"data":[{"embedding":["x"]}]}"#, #"{"data":[{"embedding":"AAA="}]}"#,
    ])
    func wrongVectorsAreAProtocolError(_ answer: String) async throws {
        let peer = try await Peer.start([.send(Peer.response("200 OK", "", answer))])
        defer { peer.stop() }
        let client = try client(peer.url)
        let report = await EngineFixtures.report {
            _ = try await client.embed([.text("a")], dimensions: nil, context: EngineFixtures.context)
        }
        #expect(report?.code == "engine_protocol_error")
    }

    @Test func badURLsAreRefused() {
        for url in ["", "ftp://host/v1", "nonsense", "http:///v1"] {
            #expect(throws: EndpointError.invalidURL(name: "peer")) { try client(url) }
        }
    }
}
