import Foundation
import Foundations
import Jobs
import Synchronization
import Testing
@testable import Voice

/// A process may die at any moment of a turn. Whoever takes the turn over ends it, and people see each thing once.
@Suite struct ChatCrashTests {
    private static let long = (1...60).map { "Sentence number \($0) is here to be read." }.joined(separator: " ")
    private static let limit = 1600

    /// Does the turn, with a crash, and again without one.
    /// - Returns: whether the crash came about.
    private static func turn(
        _ bench: ChatBench, _ message: BotMessage, nonceLifetime: Duration, _ crash: ChatPortDouble.Crash
    ) async throws -> Bool {
        let store = bench.queue.store
        var crash = crash
        // Fences the dead process off: nothing that it still does is kept.
        crash.kill = { _ = try? await store.reclaim { _ in true } }
        let dying = bench.port(limit: limit, nonceLifetime: nonceLifetime, crash: crash)
        try await bench.service(dying).accept(message)
        let didCrash = try await attempt(bench, dying)
        if didCrash { #expect(try await attempt(bench, bench.port(limit: limit, nonceLifetime: nonceLifetime)) == false) }
        return didCrash
    }

    /// - Returns: whether the process died.
    private static func attempt(_ bench: ChatBench, _ port: ChatPortDouble) async throws -> Bool {
        let job = try #require(try await bench.queue.store.claim([ChatTurn.kind], worker: "w", lease: .seconds(60), limit: 1).first)
        let run = JobRun(job: job, queue: bench.queue)
        do {
            let outcome = try await bench.service(port).turnHandler.run(run)
            guard !port.life.withLock({ $0.isDead }) else {
                _ = try await bench.queue.store.reclaim { _ in true }
                return true
            }
            try await run.complete(outcome)
        } catch {
            guard port.life.withLock({ $0.isDead }) else { throw error }
            _ = try await bench.queue.store.reclaim { _ in true }
            return true
        }
        return false
    }

    @Test(arguments: [Duration.zero, .seconds(120)], [false, true])
    func aTurnSurvivesACrashAtEveryCall(_ lifetime: Duration, _ isDone: Bool) async throws {
        var didCrash = true
        var call = 0
        var seen: Set<String> = []
        while didCrash {
            call += 1
            let crash = ChatPortDouble.Crash(call: call, isDone: isDone)
            let now = call
            didCrash = try await withResult { store in
                try await ChatBench.run { bench in
                    bench.pipeline.state.withLock { $0.answer = Self.long }
                    let didCrash = try await Self.turn(bench, .spoken(), nonceLifetime: lifetime, crash)
                    store(didCrash)
                    try await Self.check(bench, lifetime: lifetime, isDone: isDone, call: now)
                }
            }
            #expect(call < 30)
            seen.insert("\(call)")
        }
        // Status, file, two texts, a voice, and the activity beside them.
        #expect(call > 5)
    }

    private static func check(_ bench: ChatBench, lifetime: Duration, isDone: Bool, call: Int) async throws {
        let label: Comment = "call \(call), \(isDone ? "done" : "not done"), nonces for \(lifetime)"
        let texts = bench.world.texts
        let placeholders = texts.filter { $0.contains("…") && $0.count < 40 }
        let answers = texts.filter { !placeholders.contains($0) }
        let notes = ChatTexts(nil)
        let isVoiceUnclear = answers.contains { $0.contains(notes(.voiceUncertain)) }
        let isPartUnclear = answers.contains { $0.contains(notes(.partUncertain)) }
        // Every sentence is read once.
        for number in 1...60 {
            let count = answers.filter { $0.contains("Sentence number \(number) is here") }.count
            #expect(count == 1 || count == 0 && isPartUnclear, label)
        }
        #expect(answers.count { $0.contains("> What is the capital") } == 1, label)
        #expect(bench.world.voices == 1 || bench.world.voices == 0 && isVoiceUnclear, label)
        if lifetime > .zero {
            #expect(!isVoiceUnclear && !isPartUnclear && bench.world.voices == 1, label)
            #expect(placeholders.isEmpty, label)
        } else {
            // Nobody can know whether a message arrived whose sending broke off; it may be told for nothing, but not sent twice.
            #expect(placeholders.count <= (isDone ? 1 : 0), label)
        }
        let job = try #require(try await bench.turns().first)
        #expect(job.state == .completed, label)
        #expect(bench.pipeline.asked <= 2, label)
        let memory = try await bench.history.conversation("telegram:9", limit: 10)
        #expect(memory.map(\.role) == [.user, .assistant] && memory.first?.text == "What is the capital of France?", label)
        let rows = try await bench.history.messages(MessageFilter(direction: .outgoing)).messages
        // What isn't known to have arrived isn't in the history.
        #expect(rows.count { $0.kind == .text } == answers.count - (isPartUnclear && isDone ? 1 : 0), label)
        // No file of what somebody said is left.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: bench.folder.appending(path: "voice").path)) ?? []
        #expect(files.isEmpty, label)
    }

    /// The model isn't asked again for what it has answered already.
    @Test(arguments: [false, true]) func anAnswerIsAskedForOnce(_ isDone: Bool) async throws {
        try await ChatBench.run { bench in
            let store = bench.queue.store
            let dying = bench.port(nonceLifetime: .seconds(60))
            dying.fail("voice", .unavailable, times: 3, isDone: isDone)
            try await bench.service(dying).accept(.spoken())
            let job = try #require(try await store.claim([ChatTurn.kind], worker: "w", lease: .seconds(60), limit: 1).first)
            await #expect(throws: ChatPortError.unavailable) {
                _ = try await bench.service(dying).turnHandler.run(JobRun(job: job, queue: bench.queue))
            }
            _ = try await store.reclaim { _ in true }
            #expect(try await Self.attempt(bench, bench.port(nonceLifetime: .seconds(60))) == false)
            #expect(bench.pipeline.asked == 1 && bench.world.voices == 1 && bench.world.texts.count == 1)
            // The sound was gone with the process, the words weren't.
            #expect(bench.speech.state.withLock { $0.spoken.map(\.text) } == ["Paris is the capital."])
        }
    }

    /// A failure is told once, and the job that has it is seen to have failed.
    @Test(arguments: [Duration.zero, .seconds(120)], [false, true]) func aFailureIsToldOnce(_ lifetime: Duration, _ isDone: Bool) async throws {
        for call in 1...6 {
            try await ChatBench.run { bench in
                let store = bench.queue.store
                bench.pipeline.state.withLock { $0.heard = "" }
                let crash = ChatPortDouble.Crash(call: call, isDone: isDone, kill: { _ = try? await store.reclaim { _ in true } })
                let dying = bench.port(nonceLifetime: lifetime, crash: crash)
                try await bench.service(dying).accept(.spoken())
                for port in [dying, bench.port(nonceLifetime: lifetime)] {
                    guard let job = try await store.claim([ChatTurn.kind], worker: "w", lease: .seconds(60), limit: 1).first else { break }
                    do {
                        _ = try await bench.service(port).turnHandler.run(JobRun(job: job, queue: bench.queue))
                        Issue.record("it should have failed")
                    } catch {
                        if port.life.withLock({ $0.isDead }) {
                            _ = try await store.reclaim { _ in true }
                            continue
                        }
                        #expect(ErrorReport(error).code == "nothing_heard")
                        break
                    }
                }
                let told = bench.world.texts.filter { $0.contains("couldn't understand") }
                #expect(told.count == 1)
                #expect(try await bench.history.messages(MessageFilter(kind: .error)).messages.count == 1)
            }
        }
    }

    /// Runs a body that hands a value out of its closure.
    private func withResult(_ body: (@escaping @Sendable (Bool) -> Void) async throws -> Void) async throws -> Bool {
        let value = Mutex(false)
        try await body { new in value.withLock { $0 = new } }
        return value.withLock { $0 }
    }
}
