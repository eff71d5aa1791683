import Foundations
import Testing

@Suite struct TraceContextTests {
    private let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func readsAndWritesTheHeader() throws {
        let context = try #require(TraceContext(parent: header, state: "vendor=1"))
        #expect(context.traceID.text == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanID == 0xb7ad_6b71_6920_3331)
        #expect(context.isSampled)
        #expect(context.state == "vendor=1")
        #expect(context.parent == header)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "é0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
    func refusesWhatIsNotValid(_ text: String) { #expect(TraceContext(parent: text, state: nil) == nil) }

    @Test func readsLaterVersionsAsThisOne() throws {
        let later = try #require(TraceContext(parent: "42-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more", state: nil))
        #expect(later.isSampled)
    }

    @Test func dropsAStateThatHeadersCannotCarry() throws {
        #expect(try #require(TraceContext(parent: header, state: "a=\n")).state == nil)
        #expect(try #require(TraceContext(parent: header, state: String(repeating: "a", count: 513))).state == nil)
    }

    @Test func smallNumbersKeepTheirZeros() throws {
        let context = try #require(TraceContext(parent: "00-0000000000000000000000000000000a-000000000000000b-00", state: nil))
        #expect(context.parent == "00-0000000000000000000000000000000a-000000000000000b-00")
    }
}

@Suite struct TracerTests {
    private let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func spansFormATree() async throws {
        let tracer = Tracer()
        let (trace, span) = tracer.join(parent: header, state: nil, "GET /")
        let context = RequestContext(deadline: .after(.seconds(10)), trace: trace)
        try await context.withSpan("outer", .internal, ["a": 1]) { inner in
            inner.record("step", lasted: .milliseconds(5))
        }
        span?.update { $0.name = "GET /x" }
        span?.end()
        span?.end()
        let spans = tracer.take(upTo: 10).spans
        #expect(spans.map(\.name) == ["step", "outer", "GET /x"])
        #expect(Set(spans.map(\.context.traceID.text)) == ["0af7651916cd43dd8448eb211c80319c"])
        #expect(spans[0].parentID == spans[1].context.spanID)
        #expect(spans[1].parentID == spans[2].context.spanID)
        #expect(spans[2].parentID == 0xb7ad_6b71_6920_3331)
        #expect(spans[2].kind == .server)
        #expect(spans[1].attributes == ["a": 1])
        #expect(spans[0].end - spans[0].start == 5_000_000)
        #expect(spans.allSatisfy { $0.end >= $0.start })
    }

    @Test func callersDecideWhetherTheirTracesAreRecorded() {
        let never = Tracer(share: 0)
        #expect(never.join(parent: header, state: nil, "a").span != nil)
        let (trace, span) = Tracer().join(parent: header.replacing("-01", with: "-00"), state: nil, "a")
        #expect(span == nil)
        // Handed on as it came.
        #expect(trace.context.parent == header.replacing("-01", with: "-00"))
    }

    @Test func aShareOfNewTracesIsRecorded() {
        let tracer = Tracer(share: 0.25)
        let recorded = (0..<4000).count { _ in tracer.join(parent: nil, state: nil, "a").span != nil }
        #expect((800...1200).contains(recorded))
        #expect(Tracer(share: 0).join(parent: nil, state: nil, "a").span == nil)
    }

    @Test func faultsAreNamedAndCancellationIsNone() async throws {
        let tracer = Tracer()
        let context = RequestContext(deadline: .after(.seconds(10)), trace: tracer.join(parent: nil, state: nil, "a").trace)
        await #expect(throws: DeadlineExceeded.self) {
            try await context.withSpan("late") { _ in throw DeadlineExceeded(waitingFor: "the bus") }
        }
        await #expect(throws: CancellationError.self) { try await context.withSpan("left") { _ in throw CancellationError() } }
        let spans = tracer.take(upTo: 10).spans
        #expect(spans[0].fault?.contains("the bus") == true)
        #expect(spans[0].attributes["error.type"] == "deadline_exceeded")
        #expect(spans[1].fault == nil)
    }

    @Test func whatHasNoRoomIsDroppedAndCounted() {
        let tracer = Tracer(capacity: 2)
        for _ in 0..<3 { tracer.join(parent: nil, state: nil, "a").span?.end() }
        let (spans, dropped) = tracer.take(upTo: 10)
        #expect(spans.count == 2 && dropped == 1)
        tracer.join(parent: nil, state: nil, "b").span?.end()
        tracer.putBack(spans)
        let again = tracer.take(upTo: 1)
        #expect(again.spans == [spans[1]] && again.dropped == 1)
        #expect(tracer.take(upTo: 10).spans.map(\.name) == ["b"])
    }

    @Test func nothingIsRecordedWithoutATrace() async throws {
        let context = RequestContext(deadline: .after(.seconds(10)))
        #expect(context.span("a").span == nil)
        try await context.withSpan("a") { #expect($0.trace == nil) }
    }
}
