import Foundation
import Foundations
import Logging
import Networking

/// Keeps a bot connected to Discord, and hands on what people write to it.
///
///     guard let rest = DiscordREST(configuration: …) else { return }
///     try await DiscordGateway(rest, intake: service, metrics: metrics, logger: logger).run()
///
/// Messages are handed on one after the other. One that can't be taken is offered again until it is; meanwhile the connection
/// stays alive.
public actor DiscordGateway {
    private let rest: DiscordREST
    private let intake: any ChatIntake
    private let metrics: MetricsRegistry
    private let logger: Logger
    private var session = DiscordSession()
    private var channels: DiscordChannels
    private var deliveries = DiscordDeliveries()
    private var wake: AsyncStream<Void>.Continuation?
    /// The next heartbeat of the connection that is open.
    private var timer: Task<Void, Never>?
    /// Whether messages come in at the moment.
    public private(set) var isConnected = false

    private static let handshakeTimeout: Duration = .seconds(20)
    private static let callTimeout: Duration = .seconds(60)
    private static let maxMessageBytes = 16 << 20
    /// With more than these waiting, the connection isn't read; if need be it breaks, and is resumed.
    private static let maxDeliveries = 1000
    private static let maxOfferPause: Duration = .seconds(30)
    private static let fetchAttempts = 5
    /// Of 100 messages each.
    private static let maxPages = 5

    /// - Parameter seen: the last known message of each channel, as an earlier run of the program knew them: what was written since
    ///   then, and not longer than a day ago, is fetched.
    public init(_ rest: DiscordREST, intake: any ChatIntake, seen: [String: String] = [:], metrics: MetricsRegistry, logger: Logger) {
        self.rest = rest
        self.intake = intake
        self.metrics = metrics
        self.logger = logger
        channels = DiscordChannels(seen: seen)
    }

    /// Works until the task is cancelled; the bot is shown as offline then.
    /// - Throws: `DiscordError`, when somebody has to change something first.
    public func run() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        wake.yield()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.deliver(wakes) }
                group.addTask { try await self.stayConnected() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            // Whatever ends in a cancelled task ends because of it.
            if !Task.isCancelled { throw error }
        }
    }

    // MARK: Connecting

    private func stayConnected() async throws {
        while true {
            switch session.step(now: .now, random: Double.random(in: 0..<1)) {
            case .ask(let wait):
                try await Task.sleep(for: wait)
                try await ask()
            case .open(let url, let wait):
                try await Task.sleep(for: wait)
                let code = try await connect(url)
                try Task.checkCancellation()
                logger.notice("Discord connection ended", metadata: ["code": "\(code.map(String.init) ?? "none")"])
                if let error = session.closed(code: code) { throw error }
            }
        }
    }

    private func ask() async throws {
        do {
            let answer = try await rest.call(.gateway(), deadline: .after(Self.callTimeout))
            guard let url = answer["url"]?.stringValue, let limit = answer["session_start_limit"], let remaining = limit["remaining"]?.intValue,
                let reset = limit["reset_after"]?.doubleValue, reset >= 0, reset.isFinite
            else { throw ChatPortError.unexpectedAnswer }
            session.learned(.init(url: url, remaining: remaining, resetAfter: .milliseconds(1) * min(reset, 86_400_000)))
            if remaining == 0 { logger.error("Discord allows no more sessions for now", metadata: ["seconds": "\(Int(reset / 1000))"]) }
        } catch ChatPortError.notAuthorised {
            throw DiscordError.tokenRefused
        } catch {
            try Task.checkCancellation()
            session.failed()
            logger.warning("Discord's gateway can't be asked for", metadata: ["reason": "\(ErrorReport(error).code)"])
        }
    }

    /// Has a connection for as long as it lasts.
    /// - Returns: the code that Discord closed it with.
    private func connect(_ url: String) async throws -> Int? {
        defer { disconnected() }
        do {
            // The token travels on this connection.
            guard url.hasPrefix("wss://") || rest.configuration.apiURL.hasPrefix("http://") else { throw ChatPortError.unexpectedAnswer }
            let deadline = Deadline.after(Self.handshakeTimeout)
            let closing = try await withWebSocket(url, deadline: deadline, maxMessageBytes: Self.maxMessageBytes) { connection in
                try await self.serve(connection)
                return connection.closing
            }
            return closing?.code
        } catch {
            try Task.checkCancellation()
            logger.warning("Discord connection failed", metadata: ["reason": "\(ErrorReport(error).code)"])
            return nil
        }
    }

    private func disconnected() {
        timer?.cancel()
        timer = nil
        isConnected = false
    }

    private func serve(_ connection: WebSocketConnection) async throws {
        try await perform(session.opened(), on: connection)
        for try await message in connection.messages {
            // What isn't JSON has no operation, and is treated so.
            var payload = JSONValue.null
            if case .text(let text) = message { payload = (try? JSONValue(parsing: Data(text.utf8))) ?? .null }
            try await perform(session.receive(payload, now: .now, random: Double.random(in: 0..<1)), on: connection)
        }
    }

    private func perform(_ actions: [DiscordSession.Action], on connection: WebSocketConnection) async throws {
        for action in actions {
            switch action {
            case .identify: try await send(DiscordPayload.identify(token: rest.token), on: connection)
            case .resume(let id, let sequence):
                try await send(DiscordPayload.resume(token: rest.token, session: id, sequence: sequence), on: connection)
            case .heartbeat(let sequence): try await send(DiscordPayload.heartbeat(sequence), on: connection)
            case .beat(let wait): beat(after: wait, on: connection)
            case .close(let code): await connection.close(code: code)
            case .began(let user): await began(user)
            case .resumed: await connected("resumed")
            case .message(let message, let user): try await take(message, bot: user)
            }
        }
    }

    private func send(_ payload: JSONValue, on connection: WebSocketConnection) async throws {
        try await connection.send(String(decoding: payload.encoded(), as: UTF8.self))
    }

    private func beat(after wait: Duration, on connection: WebSocketConnection) {
        timer?.cancel()
        timer = Task {
            try? await Task.sleep(for: wait)
            // Checked and begun without a pause: no beat reaches a later connection.
            if !Task.isCancelled { try? await perform(session.beat(), on: connection) }
        }
    }

    private func began(_ user: String) async {
        for gap in channels.gaps(now: Date()) { deliveries.add(gap, bot: user) }
        wake?.yield()
        await connected("new")
    }

    private func connected(_ kind: String) async {
        isConnected = true
        logger.notice("connected to Discord", metadata: ["session": "\(kind)"])
        await metrics.increment("martlet_discord_sessions_total", "Connections to Discord's gateway by kind of session.", [("session", kind)])
    }

    // MARK: Handing on

    private func take(_ message: JSONValue, bot: String) async throws {
        let isDirect = message["guild_id"]?.stringValue == nil
        let read = read(message, isDirect: isDirect, bot: bot)
        while deliveries.count >= Self.maxDeliveries { try await Task.sleep(for: .milliseconds(100)) }
        guard let read else { return }
        deliveries.add(read)
        wake?.yield()
    }

    private func read(_ message: JSONValue, isDirect: Bool, bot: String) -> BotMessage? {
        let read = DiscordMessage.read(message, bot: bot, isDirect: isDirect)
        if let id = message["id"]?.stringValue, let channel = message["channel_id"]?.stringValue {
            channels.note(id, in: channel, isDirect: isDirect, isForBot: read != nil)
        }
        return read
    }

    private func deliver(_ wakes: AsyncStream<Void>) async throws {
        for await _ in wakes {
            while let delivery = deliveries.next() {
                switch delivery {
                case .message(let message): try await offer(message)
                case .missed(let gap, let bot): try await fetch(gap, bot: bot)
                }
            }
        }
        try Task.checkCancellation()
    }

    private func offer(_ message: BotMessage) async throws {
        var pause: Duration = .seconds(1)
        while true {
            do {
                return try await intake.accept(message)
            } catch {
                try Task.checkCancellation()
                logger.error("a message from Discord can't be taken", metadata: ["reason": "\(ErrorReport(error).code)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.maxOfferPause)
            }
        }
    }

    // MARK: What was missed

    private func fetch(_ gap: DiscordChannels.Gap, bot: String) async throws {
        var pause: Duration = .seconds(1)
        for attempt in 1...Self.fetchAttempts {
            do {
                return try await fetchAll(gap, bot: bot)
            } catch ChatPortError.refused {
                channels.forget(gap.channel)
                return
            } catch {
                try Task.checkCancellation()
                logger.warning("missed messages can't be fetched", metadata: ["reason": "\(ErrorReport(error).code)", "attempt": "\(attempt)"])
                try await Task.sleep(for: pause)
                pause = pause * 2
            }
        }
    }

    private func fetchAll(_ gap: DiscordChannels.Gap, bot: String) async throws {
        let isDirect: Bool
        if let known = gap.isDirect { isDirect = known } else { isDirect = try await self.isDirect(gap.channel) }
        var after = gap.after
        for _ in 1...Self.maxPages {
            let answer = try await rest.call(.messages(in: gap.channel, after: after), deadline: .after(Self.callTimeout))
            // The newest comes first.
            guard let page = answer.arrayValue, let last = page.first?["id"]?.stringValue else { return }
            for message in page.reversed() {
                if let message = read(message, isDirect: isDirect, bot: bot) { try await offer(message) }
            }
            after = last
        }
    }

    /// Whether a channel belongs to the bot and one user, or to a few users.
    private func isDirect(_ channel: String) async throws -> Bool {
        let type = try await rest.call(.channel(channel), deadline: .after(Self.callTimeout))["type"]?.intValue
        return type == 1 || type == 3
    }
}
