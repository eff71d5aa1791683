/// Notices when a model goes round in circles. A value: feed it the text as it comes.
public struct RepetitionGuard: Sendable {
    private var finished: [String: Int] = [:]
    private var current = ""
    private var tail: [Character] = []

    public init() {}

    /// - Returns: false when the text repeats itself and the answer should end here.
    public mutating func accepts(_ text: String) -> Bool {
        for character in text {
            tail.append(character)
            if tail.count > 240 { tail.removeFirst() }
            if character == "\n" || ".!?".contains(character) {
                let sentence = current.lowercased().filter { $0.isLetter || $0.isNumber }
                current = ""
                // Short ones ("Yes.", "1.") may well come again.
                guard sentence.count >= 12 else { continue }
                finished[sentence, default: 0] += 1
                if finished[sentence, default: 0] >= 2 { return false }
            } else {
                current.append(character)
                if current.count > 2000 { current.removeFirst(1000) }
            }
        }
        return !isLooping
    }

    /// Whether the last characters are one short piece four times over.
    private var isLooping: Bool {
        guard tail.count == 240 else { return false }
        return (1...60).contains { length in
            (0..<(240 - length)).reversed().prefix(3 * length + 60).allSatisfy { tail[$0] == tail[$0 + length] }
        }
    }
}
