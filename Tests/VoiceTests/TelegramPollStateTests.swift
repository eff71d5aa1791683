import Foundations
import Testing
import Voice

@Suite struct TelegramPollStateTests {
    private func said(_ id: Int) throws -> TelegramUpdate { try #require(TelegramSamples.said(id)) }

    private func polling() -> PollState {
        var state = PollState()
        #expect(state.next() == .prepare)
        #expect(state.prepared() == .poll(offset: nil))
        return state
    }

    @Test func theOffsetMovesWhenAMessageWasAccepted() throws {
        var state = polling()
        let first = try said(10)
        let second = try said(11)
        #expect(state.received([first, second]) == .accept(try #require(first.message)))
        #expect(state.offset == nil)
        #expect(state.accepted() == .accept(try #require(second.message)))
        #expect(state.offset == 11)
        #expect(state.accepted() == .poll(offset: 12))
    }

    @Test func whatCouldNotBeKeptIsAskedForAgain() throws {
        var state = polling()
        _ = state.received([try said(10), try said(11), try said(12)])
        _ = state.accepted()
        let again = try said(11)
        // That Telegram answers in between makes no difference.
        for wait in [1, 2, 4, 8] {
            #expect(state.notAccepted(jitter: 1) == .wait(.seconds(wait)))
            #expect(!state.isFailing)
            #expect(state.next() == .poll(offset: 11))
            #expect(state.received([again]) == .accept(try #require(again.message)))
        }
        #expect(state.accepted() == .poll(offset: 12))
        _ = state.received([try said(12)])
        #expect(state.notAccepted(jitter: 1) == .wait(.seconds(1)))
    }

    @Test func whatIsNothingForUsIsPassedOver() throws {
        var state = polling()
        let message = try said(7)
        #expect(state.received([.init(id: 5, message: nil), .init(id: 6, message: nil), message]) == .accept(try #require(message.message)))
        #expect(state.offset == 7)
        #expect(state.accepted() == .poll(offset: 8))
        #expect(state.received([.init(id: 8, message: nil)]) == .poll(offset: 9))
    }

    @Test func anEmptyAnswerMeansThatTelegramHasForgotten() throws {
        var state = polling()
        _ = state.received([try said(2_000_000_000)])
        #expect(state.accepted() == .poll(offset: 2_000_000_001))
        #expect(state.received([]) == .poll(offset: nil))
        // Ids begin anew after a quiet week.
        _ = state.received([try said(5)])
        #expect(state.accepted() == .poll(offset: 6))
    }

    @Test func aDuplicateIsHandedInAgain() throws {
        var state = polling()
        let message = try said(3)
        #expect(state.received([message, message]) == .accept(try #require(message.message)))
        #expect(state.accepted() == .accept(try #require(message.message)))
        #expect(state.accepted() == .poll(offset: 4))
    }

    @Test func waitsDoubleUpToTheirCap() {
        var state = polling()
        let waits = (0..<9).map { _ in state.failed(.unavailable, jitter: 1) }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .wait(.seconds($0)) })
        #expect(state.failed(.unanswered, jitter: 0) == .wait(.seconds(30)))
        #expect(state.isFailing)
        _ = state.received([])
        #expect(!state.isFailing)
        #expect(state.failed(.unexpectedAnswer, jitter: 0) == .wait(.milliseconds(500)))
        #expect(state.next() == .poll(offset: nil))
    }

    @Test func aRestThatTelegramAsksForIsKept() {
        var state = polling()
        #expect(state.failed(.slowDown(after: .seconds(17)), jitter: 1) == .wait(.seconds(17)))
        #expect(state.failed(.slowDown(after: .milliseconds(1)), jitter: 1) == .wait(.seconds(2)))
    }

    @Test func anotherPollerIsMetSlowlyAndAWebhookDeleted() {
        var state = polling()
        #expect(state.failed(.conflict, jitter: 1) == .wait(.seconds(10)))
        #expect(state.next() == .prepare)
        _ = state.prepared()
        #expect(state.failed(.conflict, jitter: 1) == .wait(.seconds(20)))
        for _ in 0..<5 { _ = state.failed(.conflict, jitter: 1) }
        #expect(state.failed(.conflict, jitter: 0) == .wait(.seconds(60)))
    }

    @Test func aWrongTokenEndsIt() {
        var state = PollState()
        #expect(state.failed(.notAuthorised, jitter: 0) == .end(.notAuthorised))
        var later = polling()
        #expect(later.failed(.notAuthorised, jitter: 0) == .end(.notAuthorised))
    }

    @Test func preparingIsTriedAgain() {
        var state = PollState()
        #expect(state.failed(.unavailable, jitter: 1) == .wait(.seconds(1)))
        #expect(state.next() == .prepare)
    }
}
