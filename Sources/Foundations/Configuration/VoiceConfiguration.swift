/// Speech to text and text to speech.
public struct SpeechConfiguration: Sendable, Equatable {
    /// The model that transcribes when none is named; `nil`: the first one at hand.
    public var transcriber: String?
    /// The model that speaks when none is named; `nil`: the first one at hand.
    public var synthesizer: String?
    /// Seconds of sound that one request may bring.
    public var maxSeconds = 7200.0
    /// Characters that one request may have spoken.
    public var maxCharacters = 20_000
    /// Requests worked on at once; further ones wait.
    public var concurrent = 2
    /// Requests that may wait; further ones get 429.
    public var waiting = 32
    /// Threads of one recognition or synthesis; 0: as many as there are cores, at most 4.
    public var threads = 0

    public init() {}
}

/// Spoken conversations.
public struct VoiceConfiguration: Sendable, Equatable {
    /// What the model is told before a conversation.
    public var instructions =
        "You are a friendly voice assistant. Answer in one to three short, plain sentences, as one would speak. Use no lists, no code and no markup."
    /// Most tokens of an answer.
    public var maxTokens = 400
    /// Messages of the conversation that the model is reminded of.
    public var memory = 12
    /// Seconds that a spoken question may take.
    public var maxSeconds = 60.0
    /// Whether steady noise is taken out of a question before it is transcribed.
    public var denoise = false
    /// How long messages are kept.
    public var retention: Duration = .seconds(30 * 86_400)

    public init() {}
}

/// Who may talk to a bot, and how much. Closed: nobody may unless listed.
public struct BotAccess: Sendable, Equatable {
    /// Ids of users who may talk to the bot.
    public var users: [String] = []
    /// Ids of users who may, and who may use the admin commands.
    public var admins: [String] = []
    /// Whether everybody may talk to it.
    public var isOpen = false
    /// Messages of one user, voice and text alike.
    public var perMinute = 10
    public var perHour = 100
    public var perDay = 500

    public init() {}
}

/// The Telegram bot (https://core.telegram.org/bots/api).
public struct TelegramConfiguration: Sendable, Equatable {
    /// From @BotFather; `nil`: no bot.
    public var token: String?
    /// The Bot API server.
    public var apiURL = "https://api.telegram.org"
    /// Where Telegram reaches our webhook, such as https://bot.example.com/v1/telegram/webhook; `nil`: long polling.
    public var webhookURL: String?
    /// What Telegram sends along with each webhook call, so that nobody else can.
    public var webhookSecret: String?
    /// Bytes of a voice message, both ways.
    public var maxFileBytes = 20 << 20
    public var access = BotAccess()

    public init() {}
}

/// The Discord bot (https://discord.com/developers/docs).
public struct DiscordConfiguration: Sendable, Equatable {
    /// The bot's token; `nil`: no bot.
    public var token: String?
    /// The REST API.
    public var apiURL = "https://discord.com/api/v10"
    /// Bytes of a voice message, both ways.
    public var maxFileBytes = 10 << 20
    public var access = BotAccess()

    public init() {}
}

extension ConfigurationKey {
    static let voiceKeys: [ConfigurationKey] = [
        .optionalText("speech.transcriber", \.speech.transcriber, "Model that transcribes when none is named."),
        .optionalText("speech.synthesizer", \.speech.synthesizer, "Model that speaks when none is named."),
        .number("speech.max_seconds", \.speech.maxSeconds, 0.1...86_400, "Seconds of sound that one request may bring."),
        .integer("speech.max_characters", \.speech.maxCharacters, 1...1_000_000, "Characters that one request may have spoken."),
        .integer("speech.concurrent", \.speech.concurrent, 1...64, "Speech requests worked on at once."),
        .integer("speech.waiting", \.speech.waiting, 0...10_000, "Speech requests that may wait."),
        .integer("speech.threads", \.speech.threads, 0...64, "Threads of one recognition or synthesis; 0: one per core, at most 4."),

        .text("voice.instructions", \.voice.instructions, "What the model is told before a conversation."),
        .integer("voice.max_tokens", \.voice.maxTokens, 1...32_768, "Most tokens of an answer in a conversation."),
        .integer("voice.memory", \.voice.memory, 0...1000, "Messages of a conversation that the model is reminded of."),
        .number("voice.max_seconds", \.voice.maxSeconds, 0.1...7200, "Seconds that a spoken question may take."),
        .flag("voice.denoise", \.voice.denoise, "Take steady noise out of spoken questions."),
        .duration("voice.retention", \.voice.retention, "How long messages of conversations are kept."),

        .optionalSecret("telegram.token", \.telegram.token, "Token of the Telegram bot; null: no bot."),
        .text("telegram.api_url", \.telegram.apiURL, "Telegram's Bot API server."),
        .optionalText("telegram.webhook_url", \.telegram.webhookURL, "Public https address of /v1/telegram/webhook; null: long polling."),
        .optionalSecret("telegram.webhook_secret", \.telegram.webhookSecret, "Secret that Telegram sends with each webhook call."),
        .bytes("telegram.max_file", \.telegram.maxFileBytes, "Largest voice message."),
        .texts("telegram.users", \.telegram.access.users, "Ids of users who may talk to the bot; empty: nobody but admins."),
        .texts("telegram.admins", \.telegram.access.admins, "Ids of users who may also use the bot's admin commands."),
        .flag("telegram.open", \.telegram.access.isOpen, "Let everybody talk to the bot."),
        .integer("telegram.per_minute", \.telegram.access.perMinute, 1...100_000, "Messages of one user in a minute."),
        .integer("telegram.per_hour", \.telegram.access.perHour, 1...100_000, "Messages of one user in an hour."),
        .integer("telegram.per_day", \.telegram.access.perDay, 1...100_000, "Messages of one user in a day."),

        .optionalSecret("discord.token", \.discord.token, "Token of the Discord bot; null: no bot."),
        .text("discord.api_url", \.discord.apiURL, "Discord's REST API."),
        .bytes("discord.max_file", \.discord.maxFileBytes, "Largest voice message."),
        .texts("discord.users", \.discord.access.users, "Ids of users who may talk to the bot; empty: nobody but admins."),
        .texts("discord.admins", \.discord.access.admins, "Ids of users who may also use the bot's admin commands."),
        .flag("discord.open", \.discord.access.isOpen, "Let everybody talk to the bot."),
        .integer("discord.per_minute", \.discord.access.perMinute, 1...100_000, "Messages of one user in a minute."),
        .integer("discord.per_hour", \.discord.access.perHour, 1...100_000, "Messages of one user in an hour."),
        .integer("discord.per_day", \.discord.access.perDay, 1...100_000, "Messages of one user in a day."),
    ]
}
