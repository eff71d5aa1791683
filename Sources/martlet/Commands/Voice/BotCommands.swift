import ArgumentParser
import Foundations
import Voice

struct TelegramCommandLine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telegram",
        abstract: "Talk with people on Telegram, by voice and text.",
        discussion: """
            Examples:
              TELEGRAM_BOT_TOKEN=123:abc martlet telegram --set telegram.users=4711
              martlet telegram --config bots.yaml

            The token comes from @BotFather. Nobody may talk to the bot unless listed in telegram.users or telegram.admins. \
            martlet serve runs the bot too when it has a token; webhooks need it.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        guard configuration.telegram.token != nil else { throw BotCommands.noToken("telegram.token", "TELEGRAM_BOT_TOKEN") }
        try await Assembly.running(configuration, forServing: true) { try await $0.talk(on: .telegram) }
    }
}

struct DiscordCommandLine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discord",
        abstract: "Talk with people on Discord, by voice and text.",
        discussion: """
            Examples:
              DISCORD_BOT_TOKEN=abc martlet discord --set discord.users=80351110224678912
              martlet discord --config bots.yaml

            The token comes from Discord's developer portal; the bot needs the message content intent. Nobody may talk to it unless listed \
            in discord.users or discord.admins. martlet serve runs the bot too when it has a token.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        guard configuration.discord.token != nil else { throw BotCommands.noToken("discord.token", "DISCORD_BOT_TOKEN") }
        try await Assembly.running(configuration, forServing: true) { try await $0.talk(on: .discord) }
    }
}

enum BotCommands {
    static func noToken(_ key: String, _ variable: String) -> ErrorReport {
        ErrorReport(.unavailable, code: "bot_token_missing", "The bot has no token. Set \(key) in the configuration, or \(variable).")
    }
}
