import Foundations
import Logging

/// Asks Telegram for messages, over and over, and hands them in.
public struct TelegramPoller: Sendable {
    private let api: TelegramAPI
    private let intake: any ChatIntake
    private let commands: [TelegramCommand]
    private let metrics: MetricsRegistry?
    private let logger: Logger

    /// Telegram answers then at the latest.
    private static let wait: Duration = .seconds(25)
    /// Beyond the wait.
    private static let timeout: Duration = .seconds(15)

    /// - Parameter commands: for the bot's menu; none: the menu stays as it is.
    public init(
        api: TelegramAPI, intake: any ChatIntake, commands: [TelegramCommand] = [], metrics: MetricsRegistry? = nil, logger: Logger
    ) {
        self.api = api
        self.intake = intake
        self.commands = commands
        self.metrics = metrics
        self.logger = logger
    }

    /// Polls until the task is cancelled. A poll that waits ends at once then; messages that were handed in but not confirmed come again.
    /// - Throws: `ChatPortError.notAuthorised`: trying again would not help.
    public func run() async throws {
        var state = PollState()
        var botName: String?
        var action = state.next()
        do {
            while true {
                try Task.checkCancellation()
                action = try await perform(action, &state, &botName)
            }
        } catch is CancellationError {}
    }

    private func perform(_ action: PollState.Action, _ state: inout PollState, _ botName: inout String?) async throws -> PollState.Action {
        switch action {
        case .prepare:
            return try await asking(&state) { state in
                botName = try await prepare()
                return state.prepared()
            }
        case .poll(let offset):
            return try await asking(&state) { state in
                let values = try await api.updates(from: offset, wait: Self.wait, deadline: .after(Self.wait + Self.timeout))
                if state.isFailing { logger.notice("telegram delivers messages again") }
                await TelegramMetrics.count(values.count, metrics)
                return state.received(values.compactMap { TelegramUpdate($0, botName: botName) })
            }
        case .accept(let message):
            do {
                try await intake.accept(message)
            } catch {
                if Task.isCancelled { throw CancellationError() }
                logger.error("a message can't be kept; asking for it again", metadata: ["reason": "\(ErrorReport(error).message)"])
                return state.notAccepted(jitter: .random(in: 0...1))
            }
            return state.accepted()
        case .wait(let wait):
            try await Task.sleep(for: wait)
            return state.next()
        case .end(let error): throw error
        }
    }

    /// Runs a call of the Bot API; the state says what follows when it fails.
    private func asking(
        _ state: inout PollState, _ call: (inout PollState) async throws -> PollState.Action
    ) async throws -> PollState.Action {
        do {
            return try await call(&state)
        } catch {
            if error is CancellationError || Task.isCancelled { throw CancellationError() }
            let failure = error as? ChatPortError ?? .unexpectedAnswer
            // Once per outage; another poller is worth a line each time, since the two take each other's turns.
            if failure == .conflict || !state.isFailing {
                logger.warning("telegram delivers no messages", metadata: ["reason": "\(failure.report.message)"])
            }
            return state.failed(failure, jitter: .random(in: 0...1))
        }
    }

    /// - Returns: the bot's name.
    private func prepare() async throws -> String {
        let deadline = Deadline.after(.seconds(30))
        let name = try await api.name(deadline: deadline)
        try await api.deleteWebhook(deadline: deadline)
        try await api.announce(commands, logger, deadline: deadline)
        return name
    }
}

/// The figures of what comes in, however it comes.
enum TelegramMetrics {
    static func count(_ updates: Int, _ metrics: MetricsRegistry?) async {
        guard updates > 0 else { return }
        await metrics?.increment(
            "martlet_bot_updates_total", "Updates that chat platforms delivered.", [("platform", ChatPlatform.telegram.rawValue)],
            by: Double(updates))
    }
}
