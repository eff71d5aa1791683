/// Takes the thoughts out of a model's text while it streams: `<think>…</think>` and its like.
///
///     var filter = ThoughtFilter()
///     filter.feed("<think>The user greets me.</th")   // ""
///     filter.feed("ink>\n\nHello!")                   // "Hello!"
///
/// A thought that never ends is dropped to the end. Tags in code are text: they count only outside of code fences, and not
/// right behind a backtick or a quotation mark. Some models begin inside a thought and write the closing tag only: text that
/// begins as thoughts do is held back until that tag has come, or the end has.
public struct ThoughtFilter: Sendable {
    /// Whether a thought was closed that nobody had opened. The model's next answer is best read with `beginsInThought`.
    public private(set) var beganInThought = false

    private enum State {
        /// The first words, which may be those of a thought.
        case beginning
        /// Looks like a thought without an opening tag.
        case suspected
        case text
        case thought(name: [Unicode.Scalar])
    }

    private static let names = ["think", "thinking", "thought", "reasoning"].map { Array($0.unicodeScalars) }
    private static let longestTag = 2 + (names.map(\.count).max() ?? 0)

    /// How thoughts begin, and answers hardly ever.
    private static let openings = [
        "okay, so the user", "okay, the user", "ok, the user", "ok, so the user", "alright, the user", "alright, so the user", "so the user",
        "the user ", "hmm", "let me think", "let's think", "first, the user", "first, i need to", "first, i should", "i should ",
        "thinking process", "here's a thinking process", "we are asked", "we need to answer", "we need to respond", "okay, let me think",
        "okay, let's see", "we have to answer", "i need to answer", "i need to respond",
    ].map { Array($0.unicodeScalars) }

    private var state: State
    /// What may still turn out to be a tag, with its `<`.
    private var tag: [Unicode.Scalar] = []
    /// The text that is held back at the beginning.
    private var held = String.UnicodeScalarView()
    private var beginning: [Unicode.Scalar] = []
    private var hasGiven = false
    private var fences = FenceWatch()
    private var previous: Unicode.Scalar = "\n"

    /// - Parameter beginsInThought: the model is known to begin inside a thought, without an opening tag. If it doesn't close it, all is
    ///   dropped.
    public init(beginsInThought: Bool = false) {
        state = beginsInThought ? .thought(name: []) : .beginning
    }

    /// Takes the next piece, cut anywhere, and gives what is certain to be no thought.
    public mutating func feed(_ piece: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in piece.unicodeScalars { take(scalar, &out) }
        return String(out)
    }

    /// Gives what was held back. The filter is as new then.
    public mutating func finish() -> String {
        var out = String.UnicodeScalarView()
        let rest = tag
        tag = []
        for scalar in rest { pass(scalar, &out) }
        give(held, &out)
        let wasInThought = beganInThought
        self = ThoughtFilter()
        beganInThought = wasInThought
        return String(out)
    }

    private mutating func take(_ scalar: Unicode.Scalar, _ out: inout String.UnicodeScalarView) {
        if tag.isEmpty {
            if scalar == "<", mayOpenTag { tag.append(scalar) } else { pass(scalar, &out) }
            return
        }
        if scalar == ">" {
            let name = tag.dropFirst().drop { $0 == "/" }.map(\.lowercasedASCII)
            let isClosing = tag.count > 1 && tag[1] == "/"
            if Self.names.contains(name) {
                tag = []
                meet(name, isClosing: isClosing, &out)
                return
            }
        }
        tag.append(scalar)
        if tag.count > Self.longestTag || !(scalar.isASCIILetter || (scalar == "/" && tag.count == 2)) {
            // No tag of ours. What came after its `<` may begin another one.
            let text = tag
            tag = []
            pass(text[0], &out)
            for scalar in text.dropFirst() { take(scalar, &out) }
        }
    }

    private var mayOpenTag: Bool {
        if case .thought = state { return true }
        return !fences.isInside && !["`", "\"", "'", "“", "‘"].contains(previous)
    }

    private mutating func meet(_ name: [Unicode.Scalar], isClosing: Bool, _ out: inout String.UnicodeScalarView) {
        previous = ">"
        switch state {
        case .thought(let open):
            // A thought that began without a tag ends with any closing one.
            guard isClosing, open.isEmpty || open == name else { return }
            if open.isEmpty { beganInThought = true }
            state = .text
        case .beginning, .suspected:
            if isClosing {
                beganInThought = true
                state = .text
            } else {
                give(held, &out)
                state = .thought(name: name)
            }
            held = String.UnicodeScalarView()
        case .text:
            if isClosing { beganInThought = true } else { state = .thought(name: name) }
        }
    }

    /// Takes a scalar that belongs to no tag.
    private mutating func pass(_ scalar: Unicode.Scalar, _ out: inout String.UnicodeScalarView) {
        previous = scalar
        switch state {
        case .thought: break
        case .text:
            fences.take(scalar)
            give(CollectionOfOne(scalar), &out)
        case .suspected:
            fences.take(scalar)
            held.append(scalar)
        case .beginning:
            fences.take(scalar)
            held.append(scalar)
            if beginning.isEmpty, scalar.isBlank { return }
            beginning.append(scalar == "’" ? "'" : scalar.lowercasedASCII)
            if Self.openings.contains(beginning) {
                state = .suspected
            } else if !Self.openings.contains(where: { $0.starts(with: beginning) }) {
                state = .text
                give(held, &out)
                held = String.UnicodeScalarView()
            }
        }
    }

    /// Blanks in front of the first word are left out.
    private mutating func give(_ text: some Sequence<Unicode.Scalar>, _ out: inout String.UnicodeScalarView) {
        for scalar in text where hasGiven || !scalar.isBlank {
            hasGiven = true
            out.append(scalar)
        }
    }
}
