import Foundation

/// The texts of Moonshine's tokens, from `tokens.txt`: `MoonshineTokens` says how it is made.
struct MoonshineVocabulary: Sendable {
    /// All texts, one behind the other. A token may be part of a character.
    private var bytes: [UInt8] = []
    private var places: [Range<Int>] = []

    /// Tokens with a meaning of their own: unknown, start, end.
    private static let firstText = 3
    private static let mostTokens = 1 << 20

    /// - Throws: `NativeEngineError.malformedTokenizer`.
    init(_ file: URL) throws {
        guard let content = try? Data(contentsOf: file) else { throw NativeEngineError.malformedTokenizer(reason: "it can't be read") }
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard parts.count == 2, Int(String(decoding: parts[1], as: UTF8.self)) == places.count, places.count < Self.mostTokens,
                let token = Data(base64Encoded: Data(parts[0]))
            else { throw NativeEngineError.malformedTokenizer(reason: "line \(places.count + 1) isn't a token and its number") }
            let start = bytes.count
            bytes += Self.withBlanks(token)
            places.append(start..<bytes.count)
        }
        guard !places.isEmpty else { throw NativeEngineError.malformedTokenizer(reason: "it is empty") }
    }

    /// Whether a token stands for text.
    func isText(_ number: Int) -> Bool {
        guard places.indices.contains(number), number >= Self.firstText else { return false }
        // `<<ST_1>>` and so on are kept free for other uses.
        return !bytes[places[number]].starts(with: Array("<<ST_".utf8))
    }

    /// - Parameter numbers: of tokens that stand for text.
    func text(of numbers: [Int]) -> String {
        String(decoding: numbers.flatMap { bytes[places[$0]] }.filter { $0 != 0 }, as: UTF8.self)
    }

    /// SentencePiece writes a low line of its own (U+2581) for a blank.
    private static func withBlanks(_ token: Data) -> [UInt8] {
        let mark: [UInt8] = [0xE2, 0x96, 0x81]
        var text: [UInt8] = []
        var rest = token[...]
        while let first = rest.first {
            let isMark = rest.starts(with: mark)
            text.append(isMark ? UInt8(ascii: " ") : first)
            rest = rest.dropFirst(isMark ? mark.count : 1)
        }
        return text
    }
}
