import Foundations

/// What can be wrong with the Telegram bot's settings, and with what comes in at its webhook.
public enum TelegramError: ReportableError, Equatable {
    /// `telegram.token` isn't a bot's token.
    case invalidToken
    /// `telegram.api_url` isn't an address.
    case invalidAddress
    /// A webhook wants an https address and a secret.
    case invalidWebhook
    /// The call of the webhook doesn't carry the secret.
    case unauthorised
    case notAnUpdate

    public var report: ErrorReport {
        switch self {
        case .invalidToken:
            ErrorReport(
                .invalidRequest, code: "telegram_token",
                "telegram.token isn't a bot's token. Copy it as @BotFather gives it, such as 123456:ABC-DEF.", param: "telegram.token")
        case .invalidAddress:
            ErrorReport(
                .invalidRequest, code: "telegram_address", "telegram.api_url must be an http or https address.", param: "telegram.api_url")
        case .invalidWebhook:
            ErrorReport(
                .invalidRequest, code: "telegram_webhook",
                "telegram.webhook_url must be an https address, and telegram.webhook_secret 1 to 256 letters, digits, hyphens or underscores.",
                param: "telegram.webhook_secret")
        case .unauthorised:
            ErrorReport(.unauthorized, code: "webhook_secret", "The header X-Telegram-Bot-Api-Secret-Token is missing or wrong.")
        case .notAnUpdate:
            ErrorReport(.invalidRequest, code: "not_an_update", "The body isn't an update of the Bot API.")
        }
    }
}
