import Foundation
import Foundations
import Jobs
import Synchronization
import Testing
@testable import Voice

/// Turns that go wrong: people are told what is wrong, once, in words.
@Suite struct ChatFailureTests {
    private static let english = ChatTexts(nil)
    private static let heard = "> What is the capital of France?\n\n"
    private static let answered = heard + "Paris is the capital."

    private static func turn(
        _ message: BotMessage = .spoken(), _ prepare: @Sendable (ChatBench, ChatPortDouble) -> Void,
        _ check: @Sendable (ChatBench, ChatService, Job) async throws -> Void
    ) async throws {
        try await ChatBench.run { bench in
            let port = bench.port()
            prepare(bench, port)
            let service = bench.service(port)
            try await bench.working(service) {
                try await service.accept(message)
                try await bench.settled()
            }
            try await check(bench, service, try #require(try await bench.turns().first))
        }
    }

    @Test(arguments: [
        (61.0, 10, "audio_too_long", "takes 61 s; I take up to 60 s"), (0.05, 10, "audio_too_short", "too short"),
        (5, 30 << 20, "platform_file_too_large", "has 30 MB; I take up to 20 MB"),
    ])
    func whatIsTooMuchIsntFetched(_ seconds: Double, _ bytes: Int, _ code: String, _ words: String) async throws {
        try await Self.turn(.spoken(seconds: seconds, bytes: bytes)) { _, _ in } _: { bench, _, job in
            #expect(job.state == .failed && job.error?.code == code && job.attempt == 1)
            #expect(bench.world.texts.count == 1 && bench.world.texts[0].contains(words))
            #expect(bench.world.state.withLock { $0.fetches } == 0 && bench.pipeline.asked == 0)
            #expect(await bench.metrics.text().contains(#"martlet_bot_turns_total{platform="telegram",outcome="failed"} 1"#))
            let row = try #require(try await bench.history.messages(MessageFilter(kind: .error)).messages.first)
            #expect(row.content == bench.world.texts[0])
        }
    }

    @Test func nothingHeardIsSaid() async throws {
        try await Self.turn { bench, _ in bench.pipeline.state.withLock { $0.heard = "" } } _: { bench, _, job in
            #expect(bench.world.texts == [Self.english(.nothingHeard)] && job.error?.code == "nothing_heard")
        }
    }

    @Test func theModelIsAskedAgainWhereThatMayHelp() async throws {
        try await Self.turn { bench, _ in
            bench.pipeline.state.withLock { $0.failures = [ErrorReport(.upstream, code: "engine_died", "It died.")] }
        } _: { bench, _, job in
            #expect(job.state == .completed && bench.pipeline.asked == 2 && bench.world.texts == [Self.answered])
            #expect(bench.world.state.withLock { $0.fetches } == 1)
        }
    }

    @Test func failuresAreToldInTheirOwnWords() async throws {
        let cases: [(ErrorReport, String)] = [
            (ErrorReport(.notFound, code: "model_not_fetched", "No."), Self.english(.noModel)),
            (ErrorReport(.invalidRequest, code: "language_not_supported", "No."), Self.english(.languageNotSpoken)),
            (ErrorReport(.upstream, code: "engine_died", "No."), Self.english(.modelFailed)),
            (ErrorReport(.busy, code: "queue_full", "No.", retryAfter: .milliseconds(20)), Self.english(.busy, ["wait": "1 s"])),
            (DeadlineExceeded(waitingFor: "it").report, Self.english(.outOfTime)),
            (VoiceError.nothingAnswered.report, Self.english(.nothingAnswered)),
            (ErrorReport(.internal, code: "internal_error", "Secret."), Self.english(.failed, ["code": "internal_error"])),
        ]
        for (report, text) in cases {
            try await Self.turn { bench, _ in
                bench.pipeline.state.withLock { $0.failures = Array(repeating: report, count: 3) }
            } _: { bench, _, job in
                #expect(bench.world.texts == [Self.heard + text] && job.state == .failed && job.error?.code == report.code)
                #expect(bench.world.state.withLock { $0.fetches } == 1)
            }
        }
    }

    /// Pure: before anything is heard, it is hearing that failed.
    @Test func whatFailedIsKnown() {
        func phrase(_ report: ErrorReport, isHeard: Bool) -> ChatPhrase {
            TurnFailure(report, texts: Self.english, isHeard: isHeard, attachment: nil).phrase
        }
        let missing = ErrorReport(.notFound, code: "model_not_fetched", "No.")
        #expect(phrase(missing, isHeard: false) == .noTranscriber && phrase(missing, isHeard: true) == .noModel)
        #expect(phrase(ChatPortError.refused(code: 400).report, isHeard: false) == .fileGone)
        #expect(phrase(ChatPortError.unavailable.report, isHeard: false) == .platformTrouble)
        #expect(phrase(ChatPortError.slowDown(after: .seconds(3)).report, isHeard: true) == .platformTrouble)
        #expect(phrase(ErrorReport(.unprocessable, code: "damaged_media", "No."), isHeard: false) == .noSound)
        #expect(phrase(VoiceError.noSound.report, isHeard: false) == .noSound)
        let size = TurnFailure(
            ChatPortError.fileTooLarge(limit: 1 << 20).report, texts: Self.english, isHeard: false,
            attachment: .init(reference: "", seconds: nil, bytes: nil))
        #expect(size.values == ["size": "?", "limit": "1"])
    }

    // MARK: The voice

    @Test func withoutAVoiceThereIsText() async throws {
        try await Self.turn { bench, _ in bench.speech.state.withLock { $0.hasVoice = false } } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.texts == [Self.answered] && bench.world.voices == 0)
        }
        try await Self.turn { _, port in port.fail("voice", .refused(code: 403)) } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.texts == [Self.answered + "\n\n" + Self.english(.voiceRefused)])
        }
    }

    /// A voice that fails behind the answer costs the sound only, and can be had later.
    @Test func theAnswerCanBeSpokenAgain() async throws {
        try await Self.turn { bench, _ in
            bench.speech.state.withLock { $0.failure = ErrorReport(.unavailable, code: "engine_unavailable", "No.") }
            bench.pipeline.state.withLock {
                $0.script = { _, emit in
                    try await emit(.text("Paris."))
                    try await emit(.ended(.think))
                    throw ErrorReport(.unavailable, code: "engine_unavailable", "No voice.")
                }
            }
        } _: { bench, service, job in
            #expect(job.state == .completed && bench.world.texts == [Self.heard + "Paris.\n\n" + Self.english(.voiceFailed)])
            bench.speech.state.withLock { $0.failure = nil }
            try await bench.working(service) {
                try await service.accept(.written("/voice again"))
                try await bench.settled()
            }
            // Only the voice is new.
            #expect(bench.world.texts.count == 1 && bench.world.voices == 1 && bench.pipeline.asked == 1)
            #expect(bench.speech.state.withLock { $0.spoken.last?.text } == "Paris.")
        }
    }

    @Test func aVoiceMessageThatMayHaveArrivedIsntSentTwice() async throws {
        try await Self.turn { _, port in port.fail("voice", .unanswered, isDone: true) } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.voices == 1)
            #expect(bench.world.texts == [Self.answered + "\n\n" + Self.english(.voiceUncertain)])
        }
        // What surely wasn't sent is.
        try await Self.turn { _, port in port.fail("voice", .unavailable) } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.voices == 1 && bench.world.texts == [Self.answered])
        }
    }

    @Test func thereIsNothingToSpeakAtFirst() async throws {
        try await Self.turn(.written("/voice again")) { _, _ in } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.texts == [Self.english(.nothingToSpeak)])
        }
    }

    // MARK: The platform

    @Test func anAnswerFindsAnotherPlaceWhenItsOwnIsGone() async throws {
        try await Self.turn(.written("Capital?")) { bench, port in
            bench.pipeline.state.withLock { $0.script = { _, _ in bench.world.state.withLock { $0.messages[0].isDeleted = true } } }
        } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.texts == ["Paris is the capital."])
            let row = try #require(try await bench.history.messages(MessageFilter(direction: .outgoing)).messages.first)
            #expect(row.message == bench.world.messages[0].id)
        }
    }

    @Test func aPlatformThatIsOutOfReachIsTriedAgain() async throws {
        try await Self.turn(.written("Capital?")) { _, port in
            port.fail("send", .unavailable, times: 4)
            port.fail("edit", .slowDown(after: .milliseconds(5)), times: 2)
        } _: { bench, _, job in
            #expect(job.state == .completed && bench.world.texts == ["Paris is the capital."] && bench.pipeline.asked == 1)
        }
    }

    /// Who couldn't be told that a turn failed is told when the platform is back; so is who waits for a turn that killed its workers.
    @Test func failuresAreToldLater() async throws {
        try await Self.turn { bench, port in
            bench.pipeline.state.withLock { $0.heard = "" }
            port.fail("edit", .unavailable, times: 3)
        } _: { bench, service, job in
            #expect(job.state == .failed && bench.world.texts == [Self.english(.listening)])
            for _ in 0..<3 { try await service.tellOfFailures() }
            #expect(bench.world.texts == [Self.english(.nothingHeard)] && bench.world.messages[0].edits.count == 1)
        }
        try await ChatBench.run { bench in
            let service = bench.service(bench.port())
            try await service.accept(.spoken())
            for _ in 0..<11 {
                #expect(try await bench.queue.store.claim([ChatTurn.kind], worker: "w", lease: .zero, limit: 1).count == 1)
                _ = try await bench.queue.store.reclaim { _ in true }
            }
            for _ in 0..<3 { try await service.tellOfFailures() }
            #expect(bench.world.texts == [Self.english(.failed, ["code": "job_keeps_dying"])])
        }
    }

    @Test func aFailedTurnCanBeAskedForAgain() async throws {
        try await Self.turn { bench, _ in
            bench.pipeline.state.withLock { $0.failures = [ErrorReport(.notFound, code: "model_not_fetched", "No.")] }
        } _: { bench, service, job in
            #expect(bench.world.texts == [Self.heard + Self.english(.noModel)])
            _ = try await bench.queue.retry(job.id)
            try await bench.working(service) { try await bench.settled() }
            #expect(bench.world.texts == [Self.answered] && bench.world.voices == 1)
            #expect(try await bench.queue.store.job(job.id).state == .completed)
        }
    }
}
