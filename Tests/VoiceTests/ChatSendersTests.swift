import Foundation
import Foundations
import Testing
@testable import Voice

@Suite struct ChatSendersTests {
    private static let now = Date(timeIntervalSince1970: 1_000_000)

    private static func policy(_ change: (inout BotAccess) -> Void = { _ in }) -> SendersPolicy {
        var access = BotAccess()
        access.users = ["user"]
        access.admins = ["admin"]
        change(&access)
        return SendersPolicy(access)
    }

    private static func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

    @Test func nobodyMayUnlessListed() {
        let closed = SendersPolicy(BotAccess())
        #expect(closed.verdict(on: "user", .init(), at: Self.now) == .stranger(isTold: true))
        let policy = Self.policy()
        #expect(policy.verdict(on: "user", .init(), at: Self.now) == .welcome(isAdmin: false))
        #expect(policy.verdict(on: "admin", .init(), at: Self.now) == .welcome(isAdmin: true))
        #expect(policy.verdict(on: "other", .init(), at: Self.now) == .stranger(isTold: true))
        #expect(Self.policy { $0.isOpen = true }.verdict(on: "other", .init(), at: Self.now) == .welcome(isAdmin: false))
        #expect(!policy.isAdmin("user") && !Self.policy { $0.isOpen = true }.isAdmin("other"))
    }

    @Test func strangersAndBlockedAreToldOnceADay() {
        let policy = Self.policy()
        for (seconds, isTold) in [(1.0, false), (86_399, false), (86_400, true), (100_000, true)] {
            #expect(policy.verdict(on: "other", .init(refused: Self.ago(seconds)), at: Self.now) == .stranger(isTold: isTold))
            #expect(policy.verdict(on: "user", .init(isBlocked: true, refused: Self.ago(seconds)), at: Self.now) == .blocked(isTold: isTold))
        }
        // Who isn't let in isn't asked whether he is blocked; who keeps the bot can't be.
        #expect(policy.verdict(on: "other", .init(isBlocked: true), at: Self.now) == .stranger(isTold: true))
        #expect(policy.verdict(on: "admin", .init(isBlocked: true), at: Self.now) == .welcome(isAdmin: true))
    }

    @Test func windowsSlide() {
        let policy = Self.policy {
            $0.perMinute = 2
            $0.perHour = 5
        }
        let (minute, hour, day) = (policy.windows[0], policy.windows[1], policy.windows[2])
        func verdict(_ limiting: [RateWindow.Span: Date], slowed: Date? = nil) -> SendersPolicy.Verdict {
            policy.verdict(on: "user", .init(limiting: limiting, slowed: slowed), at: Self.now)
        }
        #expect(verdict([.minute: Self.ago(59)]) == .tooFast(minute, wait: .seconds(1), isTold: true))
        #expect(verdict([.minute: Self.ago(60)]) == .welcome(isAdmin: false))
        #expect(verdict([.hour: Self.ago(600)]) == .tooFast(hour, wait: .seconds(3000), isTold: true))
        // The longest wait is the one that counts.
        let all: [RateWindow.Span: Date] = [.minute: Self.ago(10), .hour: Self.ago(3590), .day: Self.ago(70_000)]
        #expect(verdict(all) == .tooFast(day, wait: .seconds(16_400), isTold: true))
        #expect(verdict([.minute: Self.ago(10)], slowed: Self.ago(30)) == .tooFast(minute, wait: .seconds(50), isTold: false))
        #expect(verdict([.minute: Self.ago(10)], slowed: Self.ago(60)) == .tooFast(minute, wait: .seconds(50), isTold: true))
        #expect(policy.verdict(on: "admin", .init(limiting: [.minute: Self.now]), at: Self.now) == .welcome(isAdmin: true))
    }

    /// Limits and refusals outlive the process; each kind of message counts.
    @Test(arguments: ChatDatabase.allCases) func limitsAreDurable(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) {
            $0.telegram.access.perMinute = 3
        } _: { bench in
            let port = bench.port()
            for message in [BotMessage.written("one"), .spoken(), .written("/ping")] { try await bench.service(port).accept(message) }
            #expect(try await bench.turns().count == 2 && port.calls.count == 1)
            for message in [BotMessage.written("four"), .spoken(), .written("/ping")] { try await bench.service(port).accept(message) }
            #expect(try await bench.turns().count == 2)
            // Said once, not for each of them.
            #expect(bench.world.texts.count == 2 && bench.world.texts[1].hasPrefix("Slow down a little, please: 3 messages in 60 s"))
            // Others aren't concerned.
            try await bench.service(port).accept(.written("mine", user: "1"))
            #expect(try await bench.turns().count == 3)

            for number in 0..<3 { try await bench.service(port).accept(.written("let me in", update: "s\(number)", user: "stranger")) }
            #expect(bench.world.texts.count == 3 && bench.world.texts[2].contains("private") && bench.world.texts[2].contains("`stranger`"))
            // Nothing of what a stranger wrote is kept.
            #expect(try await bench.history.messages(MessageFilter(user: "stranger")).messages.isEmpty)
        }
    }
}
