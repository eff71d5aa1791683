import Foundations
import Jobs
import Logging
import ModelHub
import Networking
import ServiceLifecycle
import Voice

/// The bots that the configuration names: they take messages in, and do the turns of their conversations.
struct Bots: Service {
    let queue: JobQueue
    let history: MessageHistory
    /// Takes what Telegram brings, where it does.
    let webhook: TelegramWebhook?
    private let chat: ChatService
    private let poller: TelegramPoller?
    private let discord: DiscordREST?
    private let configuration: Configuration
    private let metrics: MetricsRegistry
    private let logger: Logger
    /// Whether a bot that can't go on ends the program. Beside a server it doesn't.
    private let isAlone: Bool

    /// Turns at once, each in a chat of its own.
    private static let turnsAtOnce = 4

    /// - Parameter platforms: those wanted; one without a token has no bot.
    /// - Returns: `nil` when there is no bot.
    /// - Throws: `TelegramError`.
    init?(
        _ platforms: [ChatPlatform], queue: JobQueue, history: MessageHistory, assembly: Assembly, network: NetworkClient, isAlone: Bool
    ) throws {
        let configuration = assembly.configuration
        var ports: [any ChatPort] = []
        var api: TelegramAPI?
        if platforms.contains(.telegram), let token = configuration.telegram.token {
            let telegram = try TelegramAPI(token: token, apiURL: configuration.telegram.apiURL, network: network)
            ports.append(TelegramPort(api: telegram))
            api = telegram
        }
        discord = platforms.contains(.discord)
            ? DiscordREST(configuration: configuration.discord, network: network, metrics: assembly.metrics) : nil
        if let discord { ports.append(DiscordPort(discord)) }
        guard !ports.isEmpty else { return nil }
        let hub = assembly.hub
        chat = ChatService(
            queue: queue, ports: ports, pipeline: assembly.voice, speech: assembly.speech, history: history, configuration: configuration,
            metrics: assembly.metrics, logger: assembly.logger
        ) { try await hub.chatModel(id: nil, context: RequestContext(deadline: .after(.seconds(10)))).id }
        if let api, let url = configuration.telegram.webhookURL, !isAlone {
            webhook = try TelegramWebhook(
                api: api, url: url, secret: configuration.telegram.webhookSecret, intake: chat, commands: Self.menu, metrics: assembly.metrics,
                logger: assembly.logger)
            poller = nil
        } else {
            webhook = nil
            poller = api.map { [chat] in
                TelegramPoller(api: $0, intake: chat, commands: Self.menu, metrics: assembly.metrics, logger: assembly.logger)
            }
        }
        self.queue = queue
        self.history = history
        self.configuration = configuration
        metrics = assembly.metrics
        logger = assembly.logger
        self.isAlone = isAlone
    }

    /// Works until the surrounding service group stops it; turns under way are given back and go on after the next start.
    func run() async throws {
        var own = configuration.jobs
        own.workers = Self.turnsAtOnce
        let worker = JobWorker(queue: queue, handlers: [chat.turnHandler], configuration: own, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await chat.watch() } }
            if let poller { group.addTask { try await receive("Telegram") { try await poller.run() } } }
            if let webhook { group.addTask { try await receive("Telegram") { try await webhook.run() } } }
            if let discord {
                group.addTask {
                    let gateway = DiscordGateway(discord, intake: chat, seen: await seen(), metrics: metrics, logger: logger)
                    try await receive("Discord") { try await gateway.run() }
                }
            }
            group.addTask {
                await withGracefulShutdownHandler {
                    await worker.run()
                } onGracefulShutdown: {
                    Task { await worker.stop() }
                }
            }
            try await group.waitForAll()
        }
    }

    private func receive(_ name: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
        do {
            try await cancelWhenGracefulShutdown { try await work() }
        } catch where !isAlone && !(error is CancellationError) {
            logger.error("a bot has stopped", metadata: ["platform": .string(name), "reason": .string(ErrorReport(error).message)])
            // A service that ends would end the server.
            try? await gracefulShutdown()
        }
    }

    /// The newest message of each of Discord's channels that an earlier run knew.
    private func seen() async -> [String: String] {
        let page = try? await history.messages(MessageFilter(platform: .discord, direction: .incoming), limit: 1000)
        return Dictionary(
            (page?.messages ?? []).compactMap { message in message.message.map { (message.chat, $0) } }, uniquingKeysWith: { newest, _ in newest })
    }

    /// Telegram's menu.
    private static let menu = [
        TelegramCommand(name: "help", description: "What I can do"),
        TelegramCommand(name: "mode", description: "Answers as voice, text or both"),
        TelegramCommand(name: "voice", description: "Choose a voice"),
        TelegramCommand(name: "language", description: "Set the language"),
        TelegramCommand(name: "reset", description: "Begin anew"),
        TelegramCommand(name: "history", description: "The last messages"),
        TelegramCommand(name: "cancel", description: "Stop the answer"),
        TelegramCommand(name: "forget", description: "Delete everything about me"),
    ]
}
