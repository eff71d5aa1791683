import Foundation

/// A person's name in a chat: `@asha`. Small letters, with the @ in front.
///
///     try Handle("Asha.K")                          // @asha.k
///     Handle.mentions(in: "@Asha look, @ben!")      // [@asha, @ben]
///
/// Handles get into prompts, so they are names and never text: letters, digits, "_" and "." of ASCII, 32 at most.
public struct Handle: Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Failure: Error, Sendable, Equatable {
        /// The handle as it was given, shortened.
        case invalid(String)
    }

    /// With the @.
    public let name: String

    private static let longest = 32

    /// - Parameter text: with or without the @ in front.
    /// - Throws: `Handle.Failure`.
    public init(_ text: String) throws {
        let plain = text.hasPrefix("@") ? text.dropFirst() : text[...]
        guard (1...Self.longest).contains(plain.count), plain.allSatisfy(Self.isAllowed), plain.contains(where: { $0 != "." }) else {
            throw Failure.invalid(String(text.prefix(40)))
        }
        name = "@" + plain.lowercased()
    }

    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    public var description: String { name }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == ".")
    }

    /// Whom a text mentions, each once, in the order of the text. An address of e-mail mentions nobody, and a full stop behind a
    /// handle isn't part of it.
    public static func mentions(in text: String) -> [Handle] {
        var handles: [Handle] = []
        var known: Set<Handle> = []
        var rest = text[...]
        while let mark = rest.firstIndex(of: "@") {
            let isInside = mark > text.startIndex && isWordPart(text[text.index(before: mark)])
            let word = rest[rest.index(after: mark)...].prefix(while: isAllowed)
            rest = rest[rest.index(after: mark)...].dropFirst(word.count)
            var name = word
            while name.last == "." { name.removeLast() }
            guard !isInside, let handle = try? Handle(String(name)), known.insert(handle).inserted else { continue }
            handles.append(handle)
        }
        return handles
    }

    /// Every word of a text that could be somebody's handle, with or without the @.
    static func named(in text: String) -> Set<Handle> {
        Set(text.split { !isAllowed($0) }.compactMap { try? Handle($0.trimmingCharacters(in: ["."])) })
    }

    private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }

    /// Who belongs into a picture of a text: the participants that it mentions, else the sender and the receiver.
    public static func used(in text: String, participants: [Handle], sender: Handle?, receiver: Handle? = nil) -> [Handle] {
        let mentioned = mentions(in: text).filter(participants.contains)
        if !mentioned.isEmpty { return mentioned }
        var used: [Handle] = []
        for handle in [sender, receiver].compactMap({ $0 }) where !used.contains(handle) { used.append(handle) }
        return used
    }
}
