import Foundations

/// Why a Discord bot can't work until somebody changes something.
public enum DiscordError: ReportableError, Equatable {
    case tokenRefused
    case intentNotAllowed
    case intentsInvalid
    case shardingRequired
    case versionRefused

    /// The close codes of the gateway after which connecting again is no use.
    init?(closeCode: Int) {
        switch closeCode {
        case 4004: self = .tokenRefused
        case 4010, 4011: self = .shardingRequired
        case 4012: self = .versionRefused
        case 4013: self = .intentsInvalid
        case 4014: self = .intentNotAllowed
        default: return nil
        }
    }

    public var report: ErrorReport {
        switch self {
        case .tokenRefused:
            ErrorReport(
                .forbidden, code: "discord_token",
                "Discord refuses the bot's token. Copy it anew from the bot's page in the Developer Portal (discord.token).")
        case .intentNotAllowed:
            ErrorReport(
                .forbidden, code: "discord_intent",
                "Discord doesn't let the bot read messages. Switch on \"Message Content Intent\" on the bot's page in the Developer Portal, "
                    + "then start again.")
        case .intentsInvalid:
            ErrorReport(.upstream, code: "discord_intents", "Discord doesn't know the kinds of events that the bot asks for.")
        case .shardingRequired:
            ErrorReport(
                .unprocessable, code: "discord_sharding",
                "The bot is in more Discord servers than one connection may serve. Remove it from some of them.")
        case .versionRefused: ErrorReport(.upstream, code: "discord_version", "Discord doesn't serve version 10 of its gateway any more.")
        }
    }
}
