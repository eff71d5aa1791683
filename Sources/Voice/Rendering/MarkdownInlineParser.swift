/// Reads the text of one block: emphasis, code, links, addresses, escapes. One pass over the text, and one over its marks of emphasis;
/// the result is flat, so that no nesting can exhaust the stack.
struct MarkdownInlineParser {
    /// What the text consists of, in order.
    enum Piece {
        case text(String.UnicodeScalarView)
        case code(String)
        /// An address that stands in the text as it is.
        case address(String)
        /// A run of marks of emphasis, by its place in `emphasis`.
        case run(Int)
        case linkStart(String)
        case linkEnd
    }

    /// A `[` or `![` that may begin a link.
    private struct Bracket {
        let piece: Int
        let isPicture: Bool
        /// The runs of emphasis before it.
        let runs: Int
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var pieces: [Piece] = []
    private var text = String.UnicodeScalarView()
    private var emphasis = MarkdownEmphasis()
    private var brackets: [Bracket] = []
    /// Brackets below this height stand before a link, and so begin none: links hold no links, but pictures.
    private var firstActive = 0
    private var ticks: MarkdownCodeTicks
    /// What was left open.
    private var openTicks: [String] = []
    private var openLinks: [String] = []

    static func spans(of text: some StringProtocol) -> [MarkdownSpan] {
        if text.isEmpty { return [] }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "`"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"),
                UInt8(ascii: "&"), UInt8(ascii: "\\"), UInt8(ascii: ":"):
                false
            default: true
            }
        }
        if isPlain { return [MarkdownSpan(String(text))] }
        var parser = MarkdownInlineParser(Array(text.unicodeScalars))
        parser.read()
        return parser.spans
    }

    /// The marks that look as if they began or ended something, and don't.
    static func unpaired(in text: String) -> [String] {
        var parser = MarkdownInlineParser(Array(text.unicodeScalars))
        parser.read()
        var marks = parser.emphasis.runs.filter { $0.count > 0 }.map { String(repeating: Character($0.mark), count: $0.count) }
        marks += parser.openTicks
        marks += parser.openLinks
        return marks
    }

    private init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        ticks = MarkdownCodeTicks(scalars)
    }

    private mutating func read() {
        while index < scalars.count {
            switch scalars[index] {
            case "\\": readEscape()
            case "`": readCode()
            case "*", "_", "~": readRun()
            case "[": open(isPicture: false)
            case "!" where peek(1) == "[": open(isPicture: true)
            case "]": close()
            case "<": readAngle()
            case "&": readEntity()
            case "h" where (peek(4) == ":" || peek(5) == ":") && (index == 0 || !scalars[index - 1].isWordPart): readAddress()
            default: keep(1)
            }
        }
        endText()
        emphasis.pair(from: 0)
    }

    private func peek(_ distance: Int) -> Unicode.Scalar? { index + distance < scalars.count ? scalars[index + distance] : nil }

    private mutating func keep(_ count: Int) {
        text.append(contentsOf: scalars[index..<(index + count)])
        index += count
    }

    private mutating func endText() {
        if text.isEmpty { return }
        pieces.append(.text(text))
        text = String.UnicodeScalarView()
    }

    private mutating func add(_ piece: Piece) {
        endText()
        pieces.append(piece)
    }

    private mutating func readEscape() {
        guard let next = peek(1) else { return keep(1) }
        if next == "\n" {
            index += 1
        } else if next.value < 128, next.isPunctuationMark {
            text.append(next)
            index += 2
        } else {
            keep(1)
        }
    }

    private mutating func readCode() {
        let run = ticks.run(at: index)
        guard let end = ticks.closing(of: run, from: index + run) else {
            openTicks.append(String(repeating: "`", count: run))
            return keep(run)
        }
        var code = scalars[(index + run)..<end]
        // One blank on both sides keeps backticks apart from the marks.
        if code.count > 2, code.first == " ", code.last == " ", code.contains(where: { $0 != " " }) { code = code.dropFirst().dropLast() }
        add(.code(String(String.UnicodeScalarView(code.map { $0 == "\n" ? " " : $0 }))))
        index = end + run
    }

    private mutating func readRun() {
        var end = index + 1
        while end < scalars.count, scalars[end] == scalars[index] { end += 1 }
        let run = MarkdownEmphasis.Run(
            mark: scalars[index], count: end - index, before: index > 0 ? scalars[index - 1] : nil, after: end < scalars.count ? scalars[end] : nil)
        if run.opens || run.closes { add(.run(emphasis.add(run))) } else { text.append(contentsOf: scalars[index..<end]) }
        index = end
    }

    // MARK: Links

    private mutating func open(isPicture: Bool) {
        add(.text(String.UnicodeScalarView((isPicture ? "![" : "[").unicodeScalars)))
        brackets.append(Bracket(piece: pieces.count - 1, isPicture: isPicture, runs: emphasis.active))
        index += isPicture ? 2 : 1
    }

    private mutating func close() {
        guard let bracket = brackets.popLast() else { return keep(1) }
        let isActive = bracket.isPicture || brackets.count >= firstActive
        firstActive = min(firstActive, brackets.count)
        guard isActive, let target = MarkdownLinkTarget(scalars, from: index + 1) else {
            if peek(1) == "(" { openLinks.append("](") }
            return keep(1)
        }
        let isEmpty = bracket.piece == pieces.count - 1 && text.isEmpty
        pieces[bracket.piece] = .linkStart(target.address)
        if isEmpty { text.append(contentsOf: target.address.unicodeScalars) }
        add(.linkEnd)
        emphasis.pair(from: bracket.runs)
        if !bracket.isPicture { firstActive = brackets.count }
        index = target.end
    }

    private mutating func readAddress() {
        guard let end = MarkdownLinkTarget.bareEnd(scalars, from: index) else { return keep(1) }
        add(.address(String(String.UnicodeScalarView(scalars[index..<end]))))
        index = end
    }

    /// Reads `<br>` and addresses in angle brackets; other tags are text.
    private mutating func readAngle() {
        for tag in ["<br>", "<br/>", "<br />"] where scalars[index...].starts(with: tag.unicodeScalars, by: { $0.lowercasedASCII == $1 }) {
            text.append("\n")
            index += tag.unicodeScalars.count
            if peek(0) == "\n" { index += 1 }
            return
        }
        guard peek(1) == "h", let end = MarkdownLinkTarget.bareEnd(scalars, from: index + 1), end < scalars.count, scalars[end] == ">" else {
            return keep(1)
        }
        add(.address(String(String.UnicodeScalarView(scalars[(index + 1)..<end]))))
        index = end + 1
    }

    private mutating func readEntity() {
        guard let entity = MarkdownEntity(scalars, at: index) else { return keep(1) }
        text.append(contentsOf: entity.text.unicodeScalars)
        index = entity.end
    }

    // MARK: Result

    private var spans: [MarkdownSpan] {
        var spans: [MarkdownSpan] = []
        var level = MarkdownEmphasis.Level()
        var links: [String] = []
        func add(_ text: String, _ extra: MarkdownStyle = [], link: String? = nil) {
            let style = level.style.union(extra)
            let link = links.first ?? link
            if text.isEmpty { return }
            if let last = spans.last, last.style == style, last.link == link {
                spans[spans.count - 1].text += text
            } else {
                spans.append(MarkdownSpan(text, style, link: link))
            }
        }
        for piece in pieces {
            switch piece {
            case .text(let text): add(String(text))
            case .code(let code): add(code, .code)
            case .address(let address): add(address, link: address)
            case .run(let place):
                let run = emphasis.runs[place]
                level.subtract(run.closed)
                add(String(repeating: Character(run.mark), count: run.count))
                level.add(run.opened)
            case .linkStart(let address): links.append(address)
            case .linkEnd: links.removeLast()
            }
        }
        return spans
    }
}
