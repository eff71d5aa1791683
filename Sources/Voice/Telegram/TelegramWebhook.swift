import Foundations
import Logging
import Networking
import Synchronization

/// Takes the messages that Telegram brings, instead of asking for them.
public struct TelegramWebhook: Sendable {
    private let api: TelegramAPI
    private let url: String
    private let secret: String
    private let intake: any ChatIntake
    private let commands: [TelegramCommand]
    private let metrics: MetricsRegistry?
    private let logger: Logger
    private let botName = BotName()

    /// The bot's own name, once Telegram has told it.
    private final class BotName: Sendable {
        let value = Mutex<String?>(nil)
    }

    /// - Parameters:
    ///   - url: where Telegram reaches us.
    ///   - secret: what it sends along.
    ///   - commands: for the bot's menu; none: the menu stays as it is.
    /// - Throws: `TelegramError.invalidWebhook`.
    public init(
        api: TelegramAPI, url: String, secret: String?, intake: any ChatIntake, commands: [TelegramCommand] = [],
        metrics: MetricsRegistry? = nil, logger: Logger
    ) throws {
        guard let secret, secret.wholeMatch(of: #/[A-Za-z0-9_-]{1,256}/#) != nil, let address = try? FetchURL(url), address.isEncrypted else {
            throw TelegramError.invalidWebhook
        }
        self.api = api
        self.url = url
        self.secret = secret
        self.intake = intake
        self.commands = commands
        self.metrics = metrics
        self.logger = logger
    }

    /// Hands in what an update brings. Comes an update twice, the message is the same: the intake passes over it.
    /// - Parameter secret: of the header `X-Telegram-Bot-Api-Secret-Token`.
    /// - Throws: `TelegramError.unauthorised`, `notAnUpdate`; what the intake throws: Telegram brings the update again.
    public func accept(_ body: JSONValue, secret: String?) async throws {
        guard Self.isSame(secret ?? "", self.secret) else { throw TelegramError.unauthorised }
        guard let update = TelegramUpdate(body, botName: botName.value.withLock { $0 }) else { throw TelegramError.notAnUpdate }
        await TelegramMetrics.count(1, metrics)
        if let message = update.message { try await intake.accept(message) }
    }

    /// Has Telegram bring messages here from now on.
    /// - Throws: `ChatPortError`, `CancellationError`.
    public func register() async throws {
        let deadline = Deadline.after(.seconds(30))
        let name = try await api.name(deadline: deadline)
        botName.value.withLock { $0 = name }
        try await api.setWebhook(url, secret: secret, deadline: deadline)
        try await api.announce(commands, logger, deadline: deadline)
    }

    /// Registers, trying until it works, and then does nothing until the task is cancelled.
    /// - Throws: `ChatPortError.notAuthorised`: trying again would not help.
    public func run() async throws {
        var backOff = TelegramBackOff()
        do {
            while true {
                do {
                    try await register()
                    break
                } catch ChatPortError.notAuthorised {
                    throw ChatPortError.notAuthorised
                } catch {
                    try Task.checkCancellation()
                    if backOff.failures == 0 {
                        logger.warning("telegram's webhook can't be set yet", metadata: ["reason": "\(ErrorReport(error).message)"])
                    }
                    try await Task.sleep(for: backOff.next(jitter: .random(in: 0...1)))
                }
            }
            logger.notice("telegram brings messages to the webhook")
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch is CancellationError {}
    }

    /// Looks at every byte of the secret, so that the time tells nothing about which were right.
    private static func isSame(_ presented: String, _ secret: String) -> Bool {
        let presented = Array(presented.utf8)
        let secret = Array(secret.utf8)
        var difference = presented.count ^ secret.count
        for index in secret.indices { difference |= Int((index < presented.count ? presented[index] : 0) ^ secret[index]) }
        return difference == 0
    }
}
