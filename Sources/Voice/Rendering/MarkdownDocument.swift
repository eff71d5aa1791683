/// A text in Markdown, understood: blocks, and inside them stretches of text of one style.
///
///     let document = MarkdownDocument("# Hello\n\nIt's **simple**.")
///     document.rendered(as: .telegramHTML)   // "<b>Hello</b>\n\nIt's <b>simple</b>."
///     document.parts(as: .discord, limit: 2000)
///
/// Reads what models write: CommonMark with tables, struck text and task lists, and lenient where models are: lists may be indented
/// by too little, an emphasis may end behind punctuation, `2*3*4` is no emphasis, a line without `>` is outside of the quote above it,
/// and a line break stays one. A fence that is never closed reaches to the end. Any text is Markdown: what isn't markup is text.
public struct MarkdownDocument: Sendable, Equatable {
    public var blocks: [MarkdownBlock]

    public init(blocks: [MarkdownBlock]) { self.blocks = blocks }

    public init(_ markdown: String) { blocks = MarkdownBlockParser.blocks(of: markdown) }
}

public indirect enum MarkdownBlock: Sendable, Equatable {
    case paragraph([MarkdownSpan])
    /// Level 1 to 6.
    case heading(level: Int, [MarkdownSpan])
    case list(MarkdownList)
    case quote([MarkdownBlock])
    /// Without a line break at its end. The language is a plain word.
    case code(String, language: String?)
    case table(MarkdownTable)
    case rule
}

/// A stretch of text in one style. Line breaks in it are meant.
public struct MarkdownSpan: Sendable, Equatable {
    public var text: String
    public var style: MarkdownStyle
    /// Where it leads to.
    public var link: String?

    public init(_ text: String, _ style: MarkdownStyle = [], link: String? = nil) {
        self.text = text
        self.style = style
        self.link = link
    }
}

public struct MarkdownStyle: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bold = MarkdownStyle(rawValue: 1)
    public static let italic = MarkdownStyle(rawValue: 2)
    public static let struck = MarkdownStyle(rawValue: 4)
    public static let code = MarkdownStyle(rawValue: 8)
}

public struct MarkdownList: Sendable, Equatable {
    public struct Item: Sendable, Equatable {
        /// Of an ordered list, as written; where all are ones, they are counted up.
        public var number: Int?
        /// Of a task: whether it's done.
        public var isDone: Bool?
        public var blocks: [MarkdownBlock]

        public init(number: Int? = nil, isDone: Bool? = nil, blocks: [MarkdownBlock]) {
            self.number = number
            self.isDone = isDone
            self.blocks = blocks
        }
    }

    public var items: [Item]

    public init(items: [Item]) { self.items = items }
}

public struct MarkdownTable: Sendable, Equatable {
    public typealias Cell = [MarkdownSpan]
    public var head: [Cell]
    /// Each may have fewer or more cells than the head.
    public var rows: [[Cell]]

    public init(head: [Cell], rows: [[Cell]]) {
        self.head = head
        self.rows = rows
    }
}
