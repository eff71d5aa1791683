import Foundation
import Foundations

/// Turns words into phonemes of the International Phonetic Alphabet, as Piper's voices were trained with them, by espeak-ng.
///
/// espeak-ng reads text that anybody may have written, so it runs as a child process. It prints a line for each clause and drops the
/// marks between them, which voices need for their melody: `PhonemeClause` knows which they were.
public struct Phonemes: Sendable {
    private let voice: String
    private let processes: PhonemeProcesses

    private static let places = ["/usr/bin/espeak-ng", "/usr/local/bin/espeak-ng"]
    /// Characters that one run gets, about.
    private static let runLength = 1000
    /// A first sentence of more characters than `longestFirst` is cut at the first pause behind `shortestFirst`, so that sound begins early.
    private static let longestFirst = 120
    private static let shortestFirst = 40
    /// Phonemes of one utterance, some ten seconds of sound: memory grows with them.
    private static let longest = 160

    /// - Parameter voice: espeak-ng's name of the language.
    /// - Throws: `SpeechError.phonemesUnavailable`.
    public init(voice: String) throws {
        guard let program = Self.places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw SpeechError.phonemesUnavailable
        }
        self.voice = voice
        processes = PhonemeProcesses(program: program, voice: voice)
    }

    /// Has the process for the next text started, so that it needn't be waited for.
    package func prepare() async { await processes.prepare() }

    /// A text in parts, each some sentences long; the first is one sentence or, where that is long, the beginning of it.
    func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var open = Part(clauses: [])
        var length = 0
        let clauses = PhonemeClause.cut(prepared(text))
        let first = clauses.prefix(1 + (clauses.firstIndex(where: \.endsSentence) ?? clauses.count - 1)).reduce(0) { $0 + $1.text.count }
        for clause in clauses {
            open.clauses.append(clause)
            length += clause.text.count
            let isLongFirst = parts.isEmpty && first > Self.longestFirst && length >= Self.shortestFirst
            if isLongFirst || clause.endsSentence && (parts.isEmpty || length >= Self.runLength) {
                parts.append(open)
                (open, length) = (Part(clauses: []), 0)
            }
        }
        if !open.clauses.isEmpty { parts.append(open) }
        return parts
    }

    /// Clauses that are given to espeak-ng together.
    struct Part: Sendable {
        fileprivate(set) var clauses: [PhonemeClause]
    }

    /// What a voice says at once: a sentence, or a part of one.
    public struct Utterance: Sendable, Equatable {
        /// Phonemes as Unicode, marks apart from their letters, as the voices know them.
        public let codes: [Int32]
        public let endsSentence: Bool
    }

    /// All utterances of a text that have something to say.
    /// - Throws: `SpeechError.phonemesUnavailable`; `CancellationError`.
    public func utterances(of text: String, by deadline: Deadline) async throws -> [Utterance] {
        var utterances: [Utterance] = []
        for part in parts(of: text) { utterances += try await self.utterances(of: part, by: deadline) }
        return utterances
    }

    func utterances(of part: Part, by deadline: Deadline) async throws -> [Utterance] {
        let lines = try await lines(of: part.clauses.map(\.text).joined(separator: " "), by: deadline)
        var clauses = part.clauses
        if lines.count != clauses.count {
            // It cut elsewhere than we thought: pauses in between, and the last mark at the end.
            clauses = lines.map { PhonemeClause(text: $0, mark: ",", endsSentence: false) }
            if let last = clauses.indices.last {
                clauses[last].mark = part.clauses.last?.mark ?? ""
                clauses[last].endsSentence = true
            }
        }
        var utterances: [Utterance] = []
        var open = ""
        func close(endsSentence: Bool) {
            utterances += Self.utterances(of: open.trimmingCharacters(in: .whitespaces), endsSentence: endsSentence)
            open = ""
        }
        for (clause, line) in zip(clauses, lines) {
            open += line + clause.mark
            if clause.endsSentence { close(endsSentence: true) } else { open += " " }
        }
        close(endsSentence: false)
        return utterances
    }

    /// Cuts what is too long at the last pause, else between words.
    private static func utterances(of sentence: String, endsSentence: Bool) -> [Utterance] {
        var rest = sentence.decomposedStringWithCanonicalMapping.unicodeScalars.map { Int32($0.value) }[...]
        var utterances: [Utterance] = []
        while rest.count > longest {
            let head = rest.prefix(longest)
            let blanks = head.indices.filter { head[$0] == 32 }
            let pause = blanks.last { $0 - head.startIndex > longest / 3 && pauses.contains(head[$0 - 1]) }
            let cut = pause ?? blanks.last ?? head.endIndex - 1
            utterances.append(Utterance(codes: Array(rest[...cut]), endsSentence: false))
            rest = rest[(cut + 1)...]
        }
        if !rest.isEmpty { utterances.append(Utterance(codes: Array(rest), endsSentence: endsSentence)) }
        return utterances
    }

    /// The marks `,;:` as Unicode.
    private static let pauses: Set<Int32> = [44, 58, 59]

    private func lines(of text: String, by deadline: Deadline) async throws -> [String] {
        try await processes.output(for: text, by: deadline).split(separator: "\n").map { line in
            // It writes (en) where it changes the language for a word.
            String(line).replacing(/\([^)]+\)/, with: "").trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty }
    }

    // MARK: The text

    /// Takes out what espeak-ng would take as orders, and what it reads as the end of a sentence though it is none.
    private func prepared(_ text: String) -> String {
        var text = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 == "\n" || $0.properties.generalCategory != .control }))
        text = text.replacingOccurrences(of: "[[", with: "[ [").replacingOccurrences(of: "...", with: "\u{2026}")
        guard voice.hasPrefix("en") else { return text }
        text = text.replacing(/\b(Dr|Mr|Mrs|Prof|St|No)\.(?=\s+[\p{Lu}\d])/) { String($0.1) }
        for (abbreviation, words) in Self.abbreviations { text = text.replacing(abbreviation, with: words) }
        return text
    }

    /// Those that it would spell out.
    private static var abbreviations: [(Regex<Substring>, String)] {
        [
            (/\bMs\.?(?=\s+\p{Lu})/, "Miz"), (/\bJr\./, "Junior"), (/\bSr\./, "Senior"), (/\bvs\.?(?=\s)/, "versus"), (/\bMt\.?(?=\s+\p{Lu})/, "Mount"),
            (/\be\.\s?g\.,?/, "for example"), (/\bi\.\s?e\.,?/, "that is"),
        ]
    }
}
