import Foundation
import Foundations
import Jobs
import Testing
@testable import Voice

@Suite struct ChatPacingTests {
    private static let start = ContinuousClock.now
    private static func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func theNewestTextIsShownAtThePlatformsPace() {
        var pacing = EditPacing(interval: .seconds(1))
        #expect(pacing.next(at: Self.at(0)) == .rest)
        pacing.want("a")
        pacing.want("ab")
        #expect(pacing.next(at: Self.at(0)) == .edit("ab"))
        // One at a time.
        pacing.want("abc")
        #expect(pacing.next(at: Self.at(5)) == .rest)
        pacing.finished(at: Self.at(5))
        pacing.want("abcd")
        #expect(pacing.next(at: Self.at(5.5)) == .wait(until: Self.at(6)))
        #expect(pacing.next(at: Self.at(6)) == .edit("abcd"))
        pacing.finished(at: Self.at(6))
        #expect(pacing.next(at: Self.at(9)) == .rest)
    }

    @Test func whatIsShownIsNotShownAgain() {
        var pacing = EditPacing(interval: .seconds(1), shown: "a", earliest: Self.at(1))
        pacing.want("a")
        #expect(pacing.next(at: Self.at(2)) == .rest)
        pacing.want("b")
        #expect(pacing.next(at: Self.at(0)) == .wait(until: Self.at(1)))
        // Back to what is shown: nothing is left to do.
        pacing.want("a")
        #expect(pacing.next(at: Self.at(2)) == .rest)
        pacing.want("b")
        #expect(pacing.next(at: Self.at(2)) == .edit("b"))
        // While an edit is under way, what was shown before it is something new again.
        pacing.want("a")
        pacing.finished(at: Self.at(2))
        #expect(pacing.next(at: Self.at(3)) == .edit("a"))
    }

    @Test func aPlatformThatAsksForPatienceGetsIt() {
        var pacing = EditPacing(interval: .seconds(1))
        pacing.want("a")
        #expect(pacing.next(at: Self.at(0)) == .edit("a"))
        pacing.failed(.slowDown(after: .seconds(7)), at: Self.at(0))
        #expect(pacing.next(at: Self.at(6.9)) == .wait(until: Self.at(7)))
        #expect(pacing.next(at: Self.at(7)) == .edit("a"))
        pacing.want("b")
        pacing.failed(.unavailable, at: Self.at(7))
        #expect(pacing.next(at: Self.at(9)) == .wait(until: Self.at(10)))
        #expect(pacing.next(at: Self.at(10)) == .edit("b"))
    }

    @Test func callsAreMadeAgainWhereThatHelpsAndDoesNoHarm() {
        func actions(_ errors: [ChatPortError], isRepeatable: Bool) -> [PortPatience.Action] {
            var patience = PortPatience()
            return errors.map { patience.next(after: $0, isRepeatable: isRepeatable) }
        }
        #expect(actions([.unavailable, .unavailable, .unavailable], isRepeatable: false) == [.wait(.seconds(1)), .wait(.seconds(2)), .giveUp])
        #expect(actions([.slowDown(after: .seconds(30)), .slowDown(after: .seconds(31))], isRepeatable: false) == [.wait(.seconds(30)), .giveUp])
        for error in [ChatPortError.unanswered, .unexpectedAnswer] {
            #expect(actions([error], isRepeatable: true) == [.wait(.seconds(1))])
            #expect(actions([error], isRepeatable: false) == [.giveUp])
        }
        for error in [ChatPortError.notAuthorised, .conflict, .refused(code: 403), .fileTooLarge(limit: 1)] {
            #expect(actions([error], isRepeatable: true) == [.giveUp])
        }
    }

    @Test func stepsSayWhatToDoNext() {
        let now = Date(timeIntervalSince1970: 1000)
        let cases: [(TurnStep, Duration, TurnStep.Move)] = [
            (.open, .zero, .send), (.open, .seconds(60), .send), (.done(message: "m"), .zero, .skip), (.unclear, .seconds(60), .giveUp),
            (.begun(at: now), .zero, .giveUp), (.begun(at: now.addingTimeInterval(-59)), .seconds(60), .repeatSend),
            (.begun(at: now.addingTimeInterval(-60)), .seconds(60), .giveUp),
            // A clock that was put back says nothing.
            (.begun(at: now.addingTimeInterval(5)), .seconds(60), .giveUp),
        ]
        for (step, lifetime, move) in cases {
            #expect(step.move(at: now, nonceLifetime: lifetime) == move)
            #expect(TurnStep(json: step.json) == step)
        }
        #expect(TurnStep(json: nil) == .open)
    }

    @Test func turnsAreKeptWhole() throws {
        var message = BotMessage.spoken(seconds: 1.5)
        message.userName = "Zoë"
        let turn = ChatTurn(message, task: .speakAgain, question: 17)
        let parsed = try JSONValue(parsing: turn.json.encoded())
        let back = try #require(ChatTurn(json: parsed))
        #expect(back.message.attachment == message.attachment && back.message.userName == "Zoë" && back.task == .speakAgain && back.question == 17)
        #expect(abs(back.message.sent.timeIntervalSince(message.sent)) < 0.001)
        #expect(ChatTurn(json: ["task": "answer"]) == nil)
    }

    @Test func limitsAreCheckedBeforeAnythingIsFetched() {
        func refusal(_ seconds: Double?, _ bytes: Int?) -> String? {
            AttachmentLimits.refusal(.init(reference: "r", seconds: seconds, bytes: bytes), maxBytes: 100, maxSeconds: 60)?.report.code
        }
        #expect(refusal(nil, nil) == nil && refusal(60, 100) == nil && refusal(0.1, 1) == nil)
        #expect(refusal(60.1, 1) == "audio_too_long" && refusal(0.05, 1) == "audio_too_short" && refusal(1, 101) == "platform_file_too_large")
        #expect(refusal(nil, 101) == "platform_file_too_large" && refusal(61, nil) == "audio_too_long")
    }
}
