/// Checks messages the way the platforms read them.
public enum ChatMarkupCheck {
    /// Faults of one kind are named so often; more of them tell nothing new.
    static let mostFaults = 20
    /// What Telegram keeps of a message's styles and links.
    private static let mostEntities = 100

    public static func check(_ text: String, as markup: ChatMarkup) -> RenderingReport {
        var findings =
            switch markup {
            case .telegramHTML: TelegramHTMLCheck.findings(in: text)
            case .telegramMarkdown: TelegramMarkdownCheck.findings(in: text)
            case .discord: DiscordCheck.findings(in: text)
            case .plain: plainFindings(in: text)
            }
        let length = findings.visible.utf16.count
        let limit = markup.limit
        if findings.visible.allSatisfy(\.isWhitespace) { findings.errors.append("There is nothing to see in the message.") }
        if length > limit {
            findings.errors.append("The message has \(length) units; at most \(limit) are allowed.")
        } else if length * 10 > limit * 9 {
            findings.warnings.append("The message has \(length) of \(limit) units.")
        }
        if findings.entities > mostEntities {
            findings.warnings.append("Only the first \(mostEntities) of \(findings.entities) styles and links are shown.")
        }
        if text.unicodeScalars.contains("\u{FFFD}") { findings.warnings.append("Characters were lost: there is U+FFFD in the message.") }
        return RenderingReport(
            valid: findings.errors.isEmpty, errors: findings.errors, warnings: findings.warnings, length: length, limit: limit)
    }

    private static func plainFindings(in text: String) -> MarkupFindings {
        var findings = MarkupFindings()
        findings.visible = text
        findings.warnAboutMarkdown(in: text)
        return findings
    }
}

/// What looking through a message found.
struct MarkupFindings {
    /// What counts against the limit.
    var visible = ""
    var errors: [String] = []
    var warnings: [String] = []
    var entities = 0

    mutating func fail(_ error: String) {
        if errors.count < ChatMarkupCheck.mostFaults { errors.append(error) }
    }

    mutating func warn(_ warning: String) {
        if warnings.count < ChatMarkupCheck.mostFaults, !warnings.contains(warning) { warnings.append(warning) }
    }

    /// Markdown that the platform shows as it is written.
    /// - Parameter text: without code.
    mutating func warnAboutMarkdown(in text: String) {
        for mark in ["**", "```", "~~", "]("] where text.contains(mark) { warn("“\(mark)” is shown as it is written.") }
        warnAboutLines(in: text)
    }

    /// - Parameter headings: levels that the platform has no headings for.
    mutating func warnAboutLines(in text: String, headings: ClosedRange<Int> = 1...6) {
        for line in text.split(whereSeparator: \.isNewline) {
            let line = MarkdownLine(line)
            if let level = line.heading?.level, headings.contains(level) { warn("“\(String(repeating: "#", count: level))” makes no heading.") }
            if line.isTableRule { warn("Tables are shown as they are written.") }
        }
    }
}
