import Foundation
import Foundations
import Gateway
import Hummingbird
import HummingbirdTesting
import Media
import Synchronization
import Testing
import VideoAnalysis

@Suite struct VideoRoutesTests {
    private static let ask = ByteBuffer(string: #"{"video_url":"http://a.example/v.mp4","prompt":"What?"}"#)

    /// Reads what came on disk, to show that the bytes arrived.
    private static let echo = ScriptedQuestions { question, events in
        guard case .file(let file) = question.source else { throw ErrorReport(.internal, code: "no_file", "") }
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        events.yield(.done(ScriptedQuestions.result("\(question.sourceName)|\(question.prompt)|\(text)")))
    }

    @Test func urlGivesTheWholeAnswer() async throws {
        let bench = TestBench()
        try await bench.test { client in
            let response = try await client.execute(
                uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType, body: Self.ask)
            #expect(response.status == .ok)
            let body = response.json
            #expect(body["response"] == "A cat.")
            #expect(body["prompt"] == "What?")
            #expect(body["video_source"] == "http://a.example/v.mp4")
            #expect(body["backend"] == "llama" && body["model"] == "scripted" && body["finish_reason"] == "stop")
            #expect(body["usage"]?["total_tokens"] == 14)
            #expect(body["frames"]?["count"] == 2 && body["frames"]?["width"] == 64)
            #expect(body["timings"]?["total"]?.doubleValue == 0.25)
            #expect(body["request_id"]?.stringValue == response.headers[.requestID])
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test(arguments: [true, false])
    func urlStreamsEvents(_ byHeader: Bool) async throws {
        let bench = TestBench()
        try await bench.test { client in
            var headers = TestBench.jsonType
            if byHeader { headers[.accept] = "text/event-stream" }
            let body = byHeader ? Self.ask : ByteBuffer(string: #"{"video_url":"http://a.example/","prompt":"What?","stream":true}"#)
            let response = try await client.execute(uri: "/v1/inference/url", method: .post, headers: headers, body: body)
            #expect(response.headers[.contentType] == "text/event-stream; charset=utf-8")
            let events = response.events
            #expect(events.map(\.name) == ["progress", "progress", "notice", "plan", "evidence", "token", "token", "done"])
            #expect(events[0].data["stage"] == "download" && events[1].data["fraction"]?.doubleValue == 0.5)
            #expect(events[3].data["indices"] == [0, 4])
            #expect(events[5].data["text"] == "A ")
            #expect(events[7].data["response"] == "A cat.")
            #expect(response.text.hasPrefix("id: 1\nevent: progress\ndata: "))
        }
        let line = try #require(bench.logs.all.last)
        #expect(line.contains("model=scripted") && line.contains("prompt_tokens=11") && line.contains("status=200"))
    }

    @Test func errorsBeforeTheStreamHaveTheirStatusAndLaterOnesAnEvent() async throws {
        let bench = TestBench(questions: ScriptedQuestions { _, events in
            events.yield(.token("A"))
            throw ErrorReport(.unprocessable, code: "no_video_stream", "There is no video in this file.")
        })
        try await bench.test { client in
            var headers = TestBench.jsonType
            headers[.accept] = "text/event-stream"
            let early = try await client.execute(
                uri: "/v1/inference/url", method: .post, headers: headers, body: ByteBuffer(string: #"{"prompt":"p"}"#))
            #expect(early.status == .unprocessableContent)
            #expect(early.error["param"] == "video_url")
            let late = try await client.execute(uri: "/v1/inference/url", method: .post, headers: headers, body: Self.ask)
            #expect(late.events.map(\.name) == ["progress", "token", "error"])
            #expect(late.events.last?.data["error"]?["code"] == "no_video_stream")
            let whole = try await client.execute(uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType, body: Self.ask)
            #expect(whole.status == .unprocessableContent && whole.error["code"] == "no_video_stream")
        }
        #expect(bench.logs.all.contains { $0.contains("code=no_video_stream") && $0.contains("status=422") })
    }

    @Test func whatTheFetcherRefusesIsRefused() async throws {
        try await TestBench().test { client in
            let response = try await client.execute(
                uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType,
                body: ByteBuffer(string: #"{"video_url":"http://refused.example/","prompt":"p"}"#))
            #expect(response.status == .forbidden && response.error["code"] == "address_refused")
        }
    }

    @Test func silentStreamsCarryComments() async throws {
        let bench = TestBench(
            questions: ScriptedQuestions { _, events in
                try await Task.sleep(for: .milliseconds(60))
                events.yield(.done(ScriptedQuestions.result("late")))
            }, heartbeat: .milliseconds(10))
        try await bench.test { client in
            var headers = TestBench.jsonType
            headers[.accept] = "text/event-stream"
            let response = try await client.execute(uri: "/v1/inference/url", method: .post, headers: headers, body: Self.ask)
            #expect(response.text.contains(": keep-alive\n\n"))
            #expect(response.events.last?.name == "done")
        }
    }

    @Test(arguments: [true, false])
    func uploadsReachThePipelineAndAreDeleted(_ fileFirst: Bool) async throws {
        let bench = TestBench(questions: Self.echo)
        try await bench.test { client in
            let content = String(repeating: "0123456789\r\n--front\r\n", count: 50_000)
            let response = try await client.execute(
                uri: "/v1/inference/upload", method: .post, headers: TestBench.formType,
                body: TestBench.form([("prompt", "Who?"), ("fps", "1")], file: content, fileName: "../x/clip.mp4", fileFirst: fileFirst))
            #expect(response.status == .ok)
            #expect(response.json["response"]?.stringValue == "clip.mp4|Who?|\(content)")
            #expect(response.json["video_source"] == "clip.mp4")
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func uploadsAreCheckedAsUrlsAre() async throws {
        let bench = TestBench(questions: Self.echo) { $0.server.maxUploadBytes = 3_000_000 }
        try await bench.test { (client) async throws in
            func status(_ body: ByteBuffer, _ headers: HTTPFields = TestBench.formType) async throws -> (Int, String?, String?) {
                let response = try await client.execute(uri: "/v1/inference/upload", method: .post, headers: headers, body: body)
                try await bench.until { bench.leftUploads.isEmpty }
                return (response.status.code, response.error["code"]?.stringValue, response.error["param"]?.stringValue)
            }
            #expect(try await status(TestBench.form([("prompt", "p"), ("temperature", "9")])) == (422, "out_of_range", "temperature"))
            #expect(try await status(TestBench.form([("prompt", "p"), ("fps", "0")])) == (422, "out_of_range", "fps"))
            #expect(try await status(TestBench.form([("prompt", "")])) == (422, "missing", "prompt"))
            #expect(try await status(TestBench.form(file: nil)) == (422, "missing", "video"))
            #expect(try await status(TestBench.form([("prompt", "p"), ("video", "text")], file: nil)) == (422, "missing", "video"))
            #expect(try await status(TestBench.form(file: "")) == (422, "empty_file", "video"))
            #expect(try await status(TestBench.form([("prompt", "a"), ("prompt", "b")])) == (400, "repeated_field", "prompt"))
            #expect(try await status(TestBench.form(file: String(repeating: "x", count: 3_000_001))) == (413, "upload_too_large", "video"))
            #expect(try await status(TestBench.form([("prompt", String(repeating: "x", count: 300_000))])) == (413, "field_too_long", "prompt"))
            #expect(try await status(ByteBuffer(string: "nothing")) == (400, "multipart_boundary_not_found", nil))
            #expect(try await status(ByteBuffer(string: "{}"), TestBench.jsonType) == (415, "wrong_content_type", nil))
            #expect(try await status(TestBench.form(), [.contentType: "multipart/form-data"]) == (400, "multipart_no_boundary", nil))
            #expect(try await status(TestBench.form(), [.contentType: "multipart/form-data; boundary=\"\""]) == (400, "multipart_bad_boundary", nil))
            var cut = TestBench.form()
            let half = cut.readSlice(length: cut.readableBytes - 8) ?? ByteBuffer()
            #expect(try await status(half) == (400, "multipart_truncated", nil))
        }
    }

    @Test func aFullQueueIsToldWhenToComeBack() async throws {
        let (opened, open) = AsyncStream<Void>.makeStream()
        let bench = TestBench(questions: ScriptedQuestions { _, events in
            for await _ in opened { break }
            events.yield(.done(ScriptedQuestions.result("x")))
        }) {
            $0.server.concurrentQuestions = 1
            $0.server.waitingQuestions = 1
        }
        try await bench.test { client in
            async let first = client.execute(uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType, body: Self.ask)
            try await bench.until { await bench.services.gate.load.running == 1 }
            var headers = TestBench.jsonType
            headers[.accept] = "text/event-stream"
            async let second = client.execute(uri: "/v1/inference/url", method: .post, headers: headers, body: Self.ask)
            try await bench.until { await bench.services.gate.load.waiting == 1 }
            let third = try await client.execute(uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType, body: Self.ask)
            #expect(third.status == .tooManyRequests && third.error["code"] == "queue_full")
            #expect(third.headers[.retryAfter] == "20" && third.error["retry_after_ms"] == 20_000)
            let upload = try await client.execute(
                uri: "/v1/inference/upload", method: .post, headers: TestBench.formType, body: TestBench.form())
            #expect(upload.status == .tooManyRequests)
            open.finish()
            #expect(try await first.status == .ok)
            let events = try await second.events
            #expect(events.first?.data["stage"] == "queued" && events.first?.data["position"] == 1 && (events.first?.data["wait_ms"]?.intValue ?? 0) > 0)
            #expect(events.last?.name == "done")
        }
    }

    @Test func theDeadlineEndsAQuestion() async throws {
        let began = Mutex(false)
        let cancelled = Mutex(false)
        let bench = TestBench(questions: ScriptedQuestions { _, _ in
            began.withLock { $0 = true }
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                cancelled.withLock { $0 = true }
                throw error
            }
        }) {
            $0.server.requestTimeout = .milliseconds(50)
            $0.server.concurrentQuestions = 4
        }
        try await bench.test { client in
            let response = try await client.execute(uri: "/v1/inference/url", method: .post, headers: TestBench.jsonType, body: Self.ask)
            #expect(response.status == .gatewayTimeout && response.error["code"] == "deadline_exceeded")
            // On a busy machine the time may be up before the question began; if it began, it was cancelled.
            try await bench.until { !began.withLock { $0 } || cancelled.withLock { $0 } }
        }
    }
}
