/// Makes of a model's text what is fit to be spoken, while it streams.
///
///     var text = SpeakableText()
///     text.feed("## Hel")         // ""
///     text.feed("lo\nIt's **2")   // "Hello."
///     text.feed("%** of it.")     // "\nIt's 2 percent"
///     text.finish()               // " of it."
///
/// However the text is cut into pieces, the same comes out. A word is given as soon as the one after it is complete.
/// Blocks (paragraphs, headings, items) are parted by a line break, which `SentenceChunker` takes for a sentence's end.
/// - Thoughts (`<think>…</think>`), marks of Markdown, tags of HTML and pictures are dropped.
/// - Blocks of code become one sentence that says so; code inside a sentence is read.
/// - Links become their text, addresses the host that they lead to.
/// - Headings, items and rows of tables end like sentences.
/// - Symbols become words, where the language's are known.
public struct SpeakableText: Sendable {
    private enum State: Equatable {
        /// What the line is isn't known yet.
        case lineStart
        /// What the line is can be told at its end.
        case wholeLine
        case text
        case fence(mark: Unicode.Scalar, length: Int)
    }

    /// Marks of lists and quotes that one line may begin with; what follows more of them is text.
    private static let deepest = 8
    /// More of a line inside a fence is never needed to see whether it ends the fence.
    private static let longestFence = 200

    private let language: String?
    private var thoughts: ThoughtFilter
    private var state = State.lineStart
    /// The line so far, unless it's read already.
    private var line: [Unicode.Scalar] = []
    /// Where in `line` begins what hasn't been looked at.
    private var offset = 0
    private var marks = 0
    private var isItem = false
    private var isHeading = false
    private var isQuoted = false
    private var isBlockQuoted = false
    private var words = WordReader()
    private var output: SpokenOutput
    private var table = SpokenTable()

    /// - Parameters:
    ///   - language: ISO 639-1, for the words that stand for symbols; `nil`: English.
    ///   - beginsInThought: as in `ThoughtFilter`.
    public init(language: String? = nil, beginsInThought: Bool = false) {
        self.language = language
        thoughts = ThoughtFilter(beginsInThought: beginsInThought)
        output = SpokenOutput(vocabulary: .of(language))
    }

    /// The whole of a text at once.
    public static func spoken(_ text: String, language: String? = nil) -> String {
        var speakable = SpeakableText(language: language)
        return speakable.feed(text) + speakable.finish()
    }

    /// Whether a thought was closed that nobody had opened: the same model's next answer is best read with `beginsInThought`.
    public var beganInThought: Bool { thoughts.beganInThought }

    /// Takes the next piece, cut anywhere, and gives what can be said of it and of what came before.
    public mutating func feed(_ piece: String) -> String {
        for scalar in thoughts.feed(piece).unicodeScalars { take(scalar) }
        return output.collect()
    }

    /// Gives what was held back. Another text may follow then.
    public mutating func finish() -> String {
        for scalar in thoughts.finish().unicodeScalars { take(scalar) }
        endLine()
        leaveTable()
        output.endBlock()
        defer {
            words = WordReader()
            output = SpokenOutput(vocabulary: .of(language))
            isBlockQuoted = false
        }
        return output.collect()
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        if scalar == "\r" { return }
        if scalar == "\n" { return endLine() }
        switch state {
        case .text: words.take(scalar, &output)
        case .wholeLine: line.append(scalar)
        case .fence: if line.count < Self.longestFence { line.append(scalar) }
        case .lineStart:
            if line.isEmpty, scalar.isBlank { return }
            line.append(scalar)
            openLine(isComplete: false)
        }
    }

    private mutating func endLine() {
        switch state {
        case .fence(let mark, let length):
            let content = line.drop { $0.isBlank || $0 == ">" }
            let marks = content.prefix { $0 == mark }
            if marks.count >= length, content.dropFirst(marks.count).allSatisfy(\.isBlank) { state = .lineStart }
        case .lineStart, .wholeLine:
            state = .lineStart
            openLine(isComplete: true)
            if state == .text { words.endLine(&output) }
        case .text: words.endLine(&output)
        }
        if case .fence = state {} else { state = .lineStart }
        if isHeading { output.endBlock() }
        line = []
        offset = 0
        marks = 0
        isItem = false
        isHeading = false
        isQuoted = false
    }

    /// Looks at what the line begins with, mark by mark, as far as that is certain.
    private mutating func openLine(isComplete: Bool) {
        while state == .lineStart {
            while offset < line.count, line[offset].isBlank { offset += 1 }
            if marks >= Self.deepest { return readText(from: offset) }
            guard let opening = SpeakableLine.opening(of: line[offset...], isComplete: isComplete, isItem: isItem) else { return }
            switch opening {
            case .wholeLine: state = .wholeLine
            case .blank:
                leaveTable()
                if marks == 0 || !isItem { output.endBlock() }
                return
            case .rule:
                leaveTable()
                output.endBlock(asHeading: true)
                return
            case .quote(let rest):
                isQuoted = true
                marks += 1
                offset = rest
            case .item(let number, let rest):
                leaveTable()
                output.endBlock()
                output.begin(.stopped)
                if let number { output.take(SpokenToken(scalars: Array(line[offset...number]), isCode: false, isSpaced: true)) }
                isBlockQuoted = isQuoted
                isItem = true
                marks += 1
                offset = rest
            case .heading(let rest):
                leaveTable()
                output.endBlock()
                output.begin(.stopped)
                isHeading = true
                isBlockQuoted = isQuoted
                readText(from: rest)
            case .fence(let mark, let length):
                leaveTable()
                output.leaveCodeOut()
                state = .fence(mark: mark, length: length)
            case .tableRow:
                output.endBlock()
                for row in table.take(line[offset...]) { say(row: row) }
                return
            case .text(let rest):
                readText(from: rest)
            }
        }
    }

    private mutating func readText(from start: Int) {
        leaveTable()
        if isQuoted != isBlockQuoted { output.endBlock() }
        isBlockQuoted = isQuoted
        output.begin(.paragraph)
        state = .text
        for scalar in line[start...] { words.take(scalar, &output) }
        line = []
        offset = 0
    }

    private mutating func leaveTable() {
        for row in table.end() { say(row: row) }
    }

    private mutating func say(row: [Unicode.Scalar]) {
        output.begin(.stopped)
        for scalar in row { words.take(scalar, &output) }
        words.endLine(&output)
        output.endBlock()
    }
}
