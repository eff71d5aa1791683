import Engines
import Foundation
import Foundations
import Media
import ModelHub
import Testing
import VideoAnalysis

@Suite struct VideoQuestionPipelineTests {
    private static let context = RequestContext(deadline: .after(.seconds(120)))

    /// A pipeline with an evidence cache of its own, and a clip.
    private struct Bench {
        let clips: ClipFolder
        let clip: URL
        let model: ScriptedModel
        let pipeline: VideoQuestionPipeline

        init(_ model: ScriptedModel, tools: EvidenceTools = .scripted()) throws {
            clips = try ClipFolder()
            clip = try clips.twoColours()
            self.model = model
            pipeline = VideoQuestionPipeline(
                models: OneModel(model: model), tools: tools, home: MartletHome(root: clips.url.appending(path: "home")))
        }

        func question(_ prompt: String = "Which colour is shown?") -> VideoQuestion {
            var question = VideoQuestion(source: .file(clip), sourceName: "clip.mp4", prompt: prompt)
            question.sampling.frameCount = 4
            question.sampling.resized = PixelSize(width: 96, height: 64)
            return question
        }

        func events(_ question: VideoQuestion) async throws -> [AnswerEvent] {
            var events: [AnswerEvent] = []
            for try await event in pipeline.ask(question, context: VideoQuestionPipelineTests.context) { events.append(event) }
            return events
        }
    }

    private func names(_ events: [AnswerEvent]) -> [String] {
        var names: [String] = []
        for event in events {
            let name =
                switch event {
                case .progress: "progress"
                case .notice: "notice"
                case .plan: "plan"
                case .evidence: "evidence"
                case .token: "token"
                case .done: "done"
                }
            if names.last != name { names.append(name) }
        }
        return names
    }

    private func result(_ events: [AnswerEvent]) throws -> AnswerResult {
        guard case .done(let result) = try #require(events.last) else { throw VideoQuestionError.answerBrokeOff }
        return result
    }

    private func text(_ request: ChatRequest) -> String {
        request.messages.flatMap(\.parts).compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }

    @Test func textModelAnswersFromEvidence() async throws {
        let bench = try Bench(ScriptedModel())
        defer { bench.clips.remove() }
        let events = try await bench.events(bench.question())
        #expect(names(events) == ["progress", "notice", "progress", "evidence", "token", "done"])
        let result = try result(events)
        #expect(result.text == "It is blue.")
        #expect(result.model == "scripted" && result.backend == "llama")
        #expect(result.usedFrames == 0 && result.usedEvidence && result.frameSize == nil)
        #expect(result.promptTokens == 10 && result.completionTokens == 4 && result.finishReason == "stop")
        #expect(result.citations.isEmpty)
        #expect(Set(result.timings.keys).isSuperset(of: ["open", "evidence", "first_token", "answer", "total"]))
        let request = try #require(bench.model.requests.all.first)
        #expect(request.temperature == 0)
        #expect(text(request).contains("blue"))
    }

    @Test func partsAreAskedOneByOneWithOneBeginning() async throws {
        let bench = try Bench(ScriptedModel())
        defer { bench.clips.remove() }
        let events = try await bench.events(bench.question("What animal appears, what does the sign say, and what is said?"))
        let asked = bench.model.requests.all.map(text)
        #expect(asked.count == 3)
        #expect(asked.allSatisfy { $0.contains("Notes about the video:") })
        let block = asked[0].components(separatedBy: "Notes for this question").first
        #expect(asked.allSatisfy { $0.components(separatedBy: "Notes for this question").first == block })
        #expect(try result(events).text == "It is blue.\nIt is blue.\nIt is blue.")
        #expect(try result(events).completionTokens == 12)
    }

    @Test func visionModelGetsFramesThenTheQuestion() async throws {
        let bench = try Bench(ScriptedModel(seesImages: true))
        defer { bench.clips.remove() }
        let events = try await bench.events(bench.question())
        #expect(names(events) == ["progress", "plan", "progress", "token", "done"])
        let result = try result(events)
        #expect(result.usedFrames == 4 && !result.usedEvidence && result.frameSize == PixelSize(width: 96, height: 64))
        let request = try #require(bench.model.requests.all.first)
        let parts = try #require(request.messages.first).parts
        #expect(parts.count == 2)
        guard case .video(let frames, let times) = parts[0] else { throw VideoQuestionError.pictureFailed }
        #expect(frames.count == 4 && times.count == 4 && times == times.sorted())
        #expect(frames.allSatisfy { $0.starts(with: [0xFF, 0xD8]) })
        #expect(request.temperature == 0.7)
    }

    @Test func framesAreFittedToAKnownContext() async throws {
        let bench = try Bench(ScriptedModel(seesImages: true, contextTokens: 512, patchSize: 14))
        defer { bench.clips.remove() }
        var question = bench.question()
        question.sampling = VideoSamplingOptions(VideoConfiguration())
        question.sampling.fps = 10
        question.generation.maxTokens = 2048
        let events = try await bench.events(question)
        let plans = events.compactMap { if case .plan(let plan) = $0 { plan } else { nil } }
        let plan = try #require(plans.first)
        #expect(plan.indices.count < 40 && plan.indices.count >= 2)
        #expect(plan.size.width % 28 == 0 && plan.size.height % 28 == 0)
        // Read one by one, beside a quarter of the context for the answer.
        #expect(2 * plan.tokens + 8 * plan.indices.count <= 512 - 128)
        let notices = events.compactMap { if case .notice(let text) = $0 { text } else { nil } }
        #expect(notices.contains { $0.contains("512 tokens") && $0.contains("instead of 40 frames") })
        #expect(try result(events).usedFrames == plan.indices.count)
    }

    @Test func anEngineThatCountsMoreGetsFewerFrames() async throws {
        let bench = try Bench(ScriptedModel(seesImages: true, mostFrames: 5))
        defer { bench.clips.remove() }
        var question = bench.question()
        question.sampling.frameCount = 20
        question.generation.maxTokens = 16
        let events = try await bench.events(question)
        let sent = bench.model.requests.all.map { request in
            request.messages.flatMap(\.parts).reduce(0) { if case .video(let frames, _) = $1 { $0 + frames.count } else { $0 } }
        }
        #expect(sent.first == 20 && sent.count >= 2)
        #expect(try #require(sent.last) <= 5 && sent == sent.sorted(by: >))
        #expect(try result(events).usedFrames == sent.last)
        #expect(names(events).contains("notice"))
    }

    @Test func anAskedForTemperatureCountsAlsoForEvidence() async throws {
        let bench = try Bench(ScriptedModel())
        defer { bench.clips.remove() }
        var question = bench.question()
        question.generation.temperature = 0.7
        question.generation.maxTokens = 200
        _ = try await bench.events(question)
        let request = try #require(bench.model.requests.all.first)
        #expect(request.temperature == 0.7 && request.maxTokens == 200)
    }

    @Test func answersNameTheirTimes() async throws {
        let bench = try Bench(ScriptedModel(events: [.text("A cat."), .finished(ChatFinish(reason: "stop"))]))
        defer { bench.clips.remove() }
        let citations = try result(try await bench.events(bench.question())).citations
        #expect(citations.map(\.text) == ["cat"] && citations.first?.start == 0)
    }

    @Test func partialEvidenceServesTheTalkThatGoesOn() async throws {
        let looks = Record<PixelSize>()
        var tools = EvidenceTools.scripted(looks: looks)
        tools.text = nil
        let bench = try Bench(ScriptedModel(), tools: tools)
        defer { bench.clips.remove() }
        _ = try await bench.events(bench.question())
        let first = looks.all.count
        _ = try await bench.events(bench.question("What animal is it?"))
        #expect(looks.all.count == first)
        // Not on disk: another process may have the model.
        let later = VideoQuestionPipeline(
            models: OneModel(model: bench.model), tools: tools, home: MartletHome(root: bench.clips.url.appending(path: "home")))
        for try await _ in later.ask(bench.question(), context: Self.context) {}
        #expect(looks.all.count > first)
    }

    @Test func evidenceCanBeAddedToFrames() async throws {
        let bench = try Bench(ScriptedModel(seesImages: true))
        defer { bench.clips.remove() }
        var question = bench.question()
        question.evidence = .always
        let events = try await bench.events(question)
        #expect(names(events).contains("evidence"))
        #expect(text(try #require(bench.model.requests.all.first)).contains("Notes about the video"))
    }

    @Test func aFollowUpReusesDecodeAndEvidence() async throws {
        let looks = Record<PixelSize>()
        let bench = try Bench(ScriptedModel(), tools: .scripted(looks: looks))
        defer { bench.clips.remove() }
        _ = try await bench.events(bench.question())
        let first = looks.all.count
        #expect(first > 0)
        var next = bench.question("What animal is it?")
        next.history = [.init(question: "Which colour is shown?", answer: "Blue.")]
        let events = try await bench.events(next)
        #expect(looks.all.count == first)
        #expect(names(events) == ["progress", "notice", "evidence", "token", "done"])
        let asked = bench.model.requests.all.map(text)
        let block = asked[0].components(separatedBy: "Notes for this question").first ?? ""
        #expect(asked[1].hasPrefix(block))
    }

    @Test func aVisionFollowUpOnlyAddsToTheEnd() async throws {
        let bench = try Bench(ScriptedModel(seesImages: true))
        defer { bench.clips.remove() }
        _ = try await bench.events(bench.question())
        var next = bench.question("And then?")
        next.history = [.init(question: "Which colour is shown?", answer: "It is blue.")]
        let events = try await bench.events(next)
        #expect(names(events) == ["progress", "plan", "token", "done"])
        let messages = bench.model.requests.all[1].messages
        #expect(messages.map(\.role) == [.user, .assistant, .user])
        guard case .video(let again, _) = messages[0].parts[0], case .video(let before, _) = bench.model.requests.all[0].messages[0].parts[0]
        else { throw VideoQuestionError.pictureFailed }
        #expect(again == before)
    }

    @Test func evidenceOutlivesTheProcess() async throws {
        let looks = Record<PixelSize>()
        let bench = try Bench(ScriptedModel(), tools: .scripted(looks: looks))
        defer { bench.clips.remove() }
        _ = try await bench.events(bench.question())
        let first = looks.all.count
        let later = VideoQuestionPipeline(
            models: OneModel(model: bench.model), tools: .scripted(looks: looks),
            home: MartletHome(root: bench.clips.url.appending(path: "home")))
        for try await _ in later.ask(bench.question(), context: Self.context) {}
        #expect(looks.all.count == first)
    }

    @Test func refusesWhatCannotWork() async throws {
        let bench = try Bench(ScriptedModel())
        defer { bench.clips.remove() }
        var blind = bench.question()
        blind.evidence = .never
        var empty = bench.question(" \n ")
        empty.evidence = .auto
        var hot = bench.question()
        hot.generation.temperature = 3
        var backwards = bench.question()
        (backwards.sampling.start, backwards.sampling.end) = (3, 1)
        var late = bench.question()
        late.sampling.start = 99
        for (question, error) in [
            (blind, VideoQuestionError.modelCannotSee), (empty, .emptyPrompt), (hot, .outOfRange(field: "temperature", allowed: "between 0 and 2")),
            (backwards, .outOfRange(field: "end", allowed: "after start")),
            (late, .outOfRange(field: "start", allowed: "before the end of the video")),
        ] {
            await #expect(throws: error) { try await bench.events(question) }
        }
    }

    @Test func withoutAnyEvidenceItSaysSo() async throws {
        let bench = try Bench(ScriptedModel(), tools: EvidenceTools())
        defer { bench.clips.remove() }
        await #expect(throws: VideoQuestionError.noEvidence("No model for it is installed.")) {
            try await bench.events(bench.question())
        }
    }

    @Test func aBrokenOffAnswerIsAnError() async throws {
        let bench = try Bench(ScriptedModel(events: [.text("It is")]))
        defer { bench.clips.remove() }
        await #expect(throws: VideoQuestionError.answerBrokeOff) { try await bench.events(bench.question()) }
    }

    @Test func aModelInCirclesIsStopped() async throws {
        let loop = (0..<50).map { _ in ChatEvent.text("The cat is on the table. ") }
        let bench = try Bench(ScriptedModel(events: loop, hangs: true))
        defer { bench.clips.remove() }
        let result = try result(try await bench.events(bench.question()))
        #expect(result.text.components(separatedBy: "The cat").count == 3)
        #expect(!bench.model.stopped.all.isEmpty)
    }

    @Test func theDeadlineEndsAHangingModel() async throws {
        let bench = try Bench(ScriptedModel(events: [.text("It")], hangs: true))
        defer { bench.clips.remove() }
        let stream = bench.pipeline.ask(bench.question(), context: RequestContext(deadline: .after(.seconds(8))))
        await #expect(throws: DeadlineExceeded.self) { for try await _ in stream {} }
    }

    @Test func leavingStopsTheEngine() async throws {
        let bench = try Bench(ScriptedModel(events: [.text("It")], hangs: true))
        defer { bench.clips.remove() }
        let (pipeline, question, answering) = (bench.pipeline, bench.question(), Record<Bool>())
        let consumer = Task {
            for try await event in pipeline.ask(question, context: Self.context) { if case .token = event { answering.add(true) } }
        }
        while answering.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        consumer.cancel()
        while bench.model.stopped.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func sessionCacheIsBounded() async {
        let cache = VideoSessionCache(maxBytes: 250, lifetime: .seconds(60))
        for name in ["a", "b", "c"] { await cache.store(.init(images: [Data(count: 100)], times: [0]), name) }
        #expect(await cache.frames("a") == nil)
        #expect(await cache.frames("b") != nil)
        #expect(await cache.frames("c") != nil)
        await cache.store(.init(images: [Data(count: 300)], times: [0]), "d")
        #expect(await cache.frames("d") == nil)
        #expect(await cache.bytes == 200)
        await cache.store(EvidenceSummary(duration: 1), "partial", for: .zero)
        try? await Task.sleep(for: .milliseconds(2))
        #expect(await cache.evidence("partial") == nil)
        let brief = VideoSessionCache(maxBytes: 1000, lifetime: .zero)
        await brief.store(.init(images: [Data(count: 10)], times: [0]), "a")
        try? await Task.sleep(for: .milliseconds(2))
        #expect(await brief.frames("a") == nil)
    }
}
