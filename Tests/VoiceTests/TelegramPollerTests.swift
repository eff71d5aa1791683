import Foundation
import Foundations
import Networking
import Testing
import Voice

@Suite struct TelegramPollerTests {
    /// Runs a poller until `isDone` says so.
    private func poll(
        _ telegram: ScriptedTelegram, _ intake: ScriptedIntake, metrics: MetricsRegistry? = nil, commands: [TelegramCommand] = [],
        until isDone: @Sendable () -> Bool
    ) async throws {
        let poller = TelegramPoller(api: try telegram.api(), intake: intake, commands: commands, metrics: metrics, logger: TelegramSamples.logger)
        let running = Task { try await poller.run() }
        let started = ContinuousClock.now
        while !isDone(), ContinuousClock.now - started < .seconds(20) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isDone())
        let stopped = ContinuousClock.now
        running.cancel()
        try await running.value
        // A poll that waits is not waited for.
        #expect(ContinuousClock.now - stopped < .seconds(2))
    }

    private static func answer(_ call: ScriptedTelegram.Call) -> ScriptedTelegram.Reply? {
        switch call.method {
        case "getMe": .result(["username": "martlet_bot"])
        case "getUpdates": nil
        default: .result(true)
        }
    }

    @Test func messagesAreHandedInAndConfirmed() async throws {
        let telegram = ScriptedTelegram { call, _ in
            if let answer = Self.answer(call) { return answer }
            switch call.parameters["offset"]?.intValue {
            case nil: return .result([TelegramSamples.update(10), ["update_id": 11, "edited_message": [:]], TelegramSamples.update(12)])
            default: return .hangs
            }
        }
        let intake = ScriptedIntake()
        let metrics = MetricsRegistry()
        try await poll(telegram, intake, metrics: metrics, commands: [.init(name: "help", description: "Says what it can")]) {
            telegram.calls(of: "getUpdates").count == 2
        }
        #expect(intake.messages.map(\.update) == ["telegram:10", "telegram:12"])
        #expect(telegram.methods == ["getMe", "deleteWebhook", "setMyCommands", "getUpdates", "getUpdates"])
        let last = try #require(telegram.calls.last)
        #expect(last.parameters["offset"] == 13 && last.parameters["timeout"] == 25 && last.parameters["allowed_updates"] == ["message"])
        #expect(telegram.calls[1].parameters["drop_pending_updates"] == false)
        #expect(await metrics.text().contains("martlet_bot_updates_total{platform=\"telegram\"} 3"))
    }

    @Test func whatTheIntakeCannotKeepComesAgain() async throws {
        let telegram = ScriptedTelegram { call, _ in
            if let answer = Self.answer(call) { return answer }
            let offset = call.parameters["offset"]?.intValue ?? 0
            let left = [10, 11].filter { $0 >= offset }
            return left.isEmpty ? .hangs : .result(.array(left.map { TelegramSamples.update($0) }))
        }
        let intake = ScriptedIntake(failures: 1)
        try await poll(telegram, intake) { intake.messages.count == 2 && telegram.calls(of: "getUpdates").count == 3 }
        #expect(intake.messages.map(\.update) == ["telegram:10", "telegram:11"])
        #expect(telegram.calls(of: "getUpdates").map { $0.parameters["offset"]?.intValue } == [nil, nil, 12])
    }

    @Test func faultsAreSatOut() async throws {
        let telegram = ScriptedTelegram { call, before in
            if let answer = Self.answer(call) { return answer }
            switch before {
            case 0: return .fails(.connectionFailed)
            case 1: return .raw(502, "Bad Gateway")
            case 2: return .result([TelegramSamples.update(1)])
            default: return .hangs
            }
        }
        let intake = ScriptedIntake()
        try await poll(telegram, intake) { intake.messages.count == 1 }
        let times = telegram.calls(of: "getUpdates").map(\.time)
        #expect(times[1] - times[0] >= .milliseconds(500) && times[2] - times[1] >= .seconds(1))
    }

    @Test func aWrongTokenEndsIt() async throws {
        let telegram = ScriptedTelegram { _, _ in .error(401, "Unauthorized") }
        let poller = TelegramPoller(api: try telegram.api(), intake: ScriptedIntake(), logger: TelegramSamples.logger)
        await #expect(throws: ChatPortError.notAuthorised) { try await poller.run() }
        #expect(telegram.methods == ["getMe"])
    }

    @Test func aMenuThatIsRefusedStopsNothing() async throws {
        let telegram = ScriptedTelegram { call, _ in
            if call.method == "setMyCommands" { return .error(400, "Bad Request: BOT_COMMAND_INVALID") }
            return Self.answer(call) ?? .hangs
        }
        try await poll(telegram, ScriptedIntake(), commands: [.init(name: "Bad Name", description: "")]) {
            telegram.methods.last == "getUpdates"
        }
    }
}

@Suite struct TelegramWebhookTests {
    private let telegram = ScriptedTelegram { call, _ in call.method == "getMe" ? .result(["username": "martlet_bot"]) : .result(true) }
    private let url = "https://bot.example.com/v1/telegram/webhook"

    private func webhook(_ intake: ScriptedIntake, secret: String? = "s3cret-Word") throws -> TelegramWebhook {
        try TelegramWebhook(api: try telegram.api(), url: url, secret: secret, intake: intake, logger: TelegramSamples.logger)
    }

    @Test func onlyTelegramGetsIn() async throws {
        let intake = ScriptedIntake()
        let webhook = try webhook(intake)
        for secret in [nil, "", "s3cret-Wor", "s3cret-Word ", "s3cret-Words", "S3cret-Word"] {
            await #expect(throws: TelegramError.unauthorised) { try await webhook.accept(TelegramSamples.update(1), secret: secret) }
        }
        #expect(intake.messages.isEmpty && TelegramError.unauthorised.report.kind.status == 401)
        try await webhook.accept(TelegramSamples.update(1), secret: "s3cret-Word")
        try await webhook.accept(["update_id": 2, "poll": [:]], secret: "s3cret-Word")
        await #expect(throws: TelegramError.notAnUpdate) { try await webhook.accept(["hello": "world"], secret: "s3cret-Word") }
        #expect(intake.messages.map(\.update) == ["telegram:1"])
    }

    @Test func whatCannotBeKeptIsRefused() async throws {
        let intake = ScriptedIntake(failures: 1)
        let webhook = try webhook(intake)
        await #expect(throws: ScriptedIntake.Full.self) { try await webhook.accept(TelegramSamples.update(1), secret: "s3cret-Word") }
        try await webhook.accept(TelegramSamples.update(1), secret: "s3cret-Word")
        #expect(intake.messages.count == 1)
    }

    @Test func itIsRegisteredWithItsSecret() async throws {
        let webhook = try webhook(ScriptedIntake())
        try await webhook.register()
        let call = try #require(telegram.calls(of: "setWebhook").first)
        #expect(call.parameters == ["url": .string(url), "secret_token": "s3cret-Word", "allowed_updates": ["message"]])
        #expect(telegram.methods == ["getMe", "setWebhook"])
    }

    @Test func settingsAreChecked() throws {
        for secret in [nil, "", "two words", String(repeating: "a", count: 257)] {
            #expect(throws: TelegramError.invalidWebhook) { try webhook(ScriptedIntake(), secret: secret) }
        }
        #expect(throws: TelegramError.invalidWebhook) {
            try TelegramWebhook(
                api: try telegram.api(), url: "http://bot.example.com/", secret: "x", intake: ScriptedIntake(), logger: TelegramSamples.logger)
        }
    }
}
