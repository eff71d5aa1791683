/// How a text is marked up for those who show it.
public enum ChatMarkup: String, CaseIterable, Sendable, Codable {
    /// Telegram's `parse_mode` HTML.
    case telegramHTML
    /// Telegram's `parse_mode` Markdown, the old one: no style inside another.
    case telegramMarkdown
    case discord
    /// No markup at all.
    case plain

    /// The longest message, in UTF-16 units: of the visible text for Telegram, else of the text as it is sent.
    public var limit: Int {
        switch self {
        case .telegramHTML, .telegramMarkdown, .plain: 4096
        case .discord: 2000
        }
    }
}

extension MarkdownDocument {
    /// The whole document, however long.
    public func rendered(as markup: ChatMarkup) -> String {
        let text = DocumentLayout.text(of: self, as: markup)
        return text.rendered(text.glyphs.indices, as: markup)
    }

    /// The document in parts that fit: cut between blocks, else between lines, sentences, words; anywhere only where there is no other
    /// way, and never inside of what is read as one character. Styles, links, quotes and code that are cut go on in the next part. Blanks
    /// around a cut are left out, nothing else is. Empty for a document with nothing to see.
    /// - Parameter limit: in the same units as `ChatMarkup.limit`. For Discord, less than 128 counts as 128: the marks of code need room.
    public func parts(as markup: ChatMarkup, limit: Int) -> [String] {
        let limit = max(limit, markup == .discord ? 128 : 40)
        // Discord counts the addresses of links; one must leave room for the text.
        let text = DocumentLayout.text(of: self, as: markup, longestLink: markup == .discord ? min(500, limit / 8) : 500)
        return PartSplitter(text: text, cost: MarkupCost(markup, text.styles), limit: limit).ranges.map { text.rendered($0, as: markup) }
    }

    /// The document in parts that are Markdown again: each, read and rendered in whatever markup, fits. For those who hand on Markdown.
    /// - Parameter limit: as for the markup that the parts are rendered in.
    public func markdownParts(limit: Int) -> [String] { parts(as: .discord, limit: limit) }
}
