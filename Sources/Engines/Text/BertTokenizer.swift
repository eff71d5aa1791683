import Foundation
import Foundations

/// Text to the tokens of BERT's vocabulary: words are split by simple rules, then into the longest known pieces
/// (WordPiece; arXiv:1810.04805, `tokenization.py` of google-research/bert). The same tokens as Hugging Face's `tokenizers`
/// gives for the same `tokenizer.json`.
public struct BertTokenizer: Sendable {
    /// Numbers of the tokens that mark beginning and end.
    public let first: Int
    public let last: Int
    /// One more than the highest token number.
    public let vocabularySize: Int

    private let vocabulary: [String: Int]
    private let unknown: Int
    private let prefix: String
    private let longestWord: Int
    /// Marks like `[MASK]` that count as one token wherever they stand in a text.
    private let marks: [(text: [Unicode.Scalar], token: Int)]
    private let rules: BertTextRules

    /// - Parameter tokenizerJSON: a `tokenizer.json` of the uncased or cased BERT kind.
    /// - Throws: `NativeEngineError.malformedTokenizer`.
    public init(tokenizerJSON: Data) throws {
        func malformed(_ reason: String) -> NativeEngineError { .malformedTokenizer(reason: reason) }
        guard let json = try? JSONValue(parsing: tokenizerJSON) else { throw malformed("it isn't JSON") }
        guard let model = json["model"], model["type"] == "WordPiece", let entries = model["vocab"]?.objectValue,
            json["normalizer"]?["type"] == "BertNormalizer", json["pre_tokenizer"]?["type"] == "BertPreTokenizer"
        else { throw malformed("it is of another kind") }
        var vocabulary: [String: Int] = [:]
        vocabulary.reserveCapacity(entries.count)
        for (piece, number) in entries {
            guard let number = number.intValue, number >= 0 else { throw malformed("a token has no number") }
            vocabulary[piece] = number
        }
        guard let unknown = vocabulary[model["unk_token"]?.stringValue ?? "[UNK]"], let first = vocabulary["[CLS]"],
            let last = vocabulary["[SEP]"]
        else { throw malformed("a special token is missing") }
        self.vocabulary = vocabulary
        vocabularySize = (vocabulary.values.max() ?? 0) + 1
        self.unknown = unknown
        self.first = first
        self.last = last
        prefix = model["continuing_subword_prefix"]?.stringValue ?? "##"
        longestWord = model["max_input_chars_per_word"]?.intValue ?? 100
        marks = (json["added_tokens"]?.arrayValue ?? []).compactMap { mark in
            guard let text = mark["content"]?.stringValue, let token = mark["id"]?.intValue, !text.isEmpty else { return nil }
            return (Array(text.unicodeScalars), token)
        }
        rules = BertTextRules(normalizer: json["normalizer"])
    }

    /// The text's tokens without the ones that mark beginning and end.
    /// - Parameter limit: no more than one token beyond this many are made, however long the text is.
    public func encode(_ text: String, limit: Int = .max) -> [Int] {
        var tokens: [Int] = []
        var stretch: [Unicode.Scalar] = []
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count, tokens.count <= limit {
            if let mark = mark(in: scalars, at: index) {
                append(stretch, to: &tokens, limit)
                stretch.removeAll(keepingCapacity: true)
                tokens.append(mark.token)
                index += mark.text.count
            } else {
                stretch.append(scalars[index])
                index += 1
            }
        }
        append(stretch, to: &tokens, limit)
        return limit < tokens.count ? Array(tokens.prefix(limit + 1)) : tokens
    }

    private func mark(in scalars: [Unicode.Scalar], at index: Int) -> (text: [Unicode.Scalar], token: Int)? {
        marks.first { scalars[index] == $0.text[0] && scalars[index...].starts(with: $0.text) }
    }

    private func append(_ stretch: [Unicode.Scalar], to tokens: inout [Int], _ limit: Int) {
        rules.words(stretch) { word in
            append(word: word, to: &tokens)
            return tokens.count <= limit
        }
    }

    /// The longest piece that the vocabulary has, again and again; a word that can't be made up of pieces is unknown as a whole.
    private func append(word: [Unicode.Scalar], to tokens: inout [Int]) {
        guard word.count <= longestWord else { return tokens.append(unknown) }
        let before = tokens.count
        var start = 0
        while start < word.count {
            var end = word.count
            var found: Int?
            while end > start, found == nil {
                var piece = start > 0 ? prefix : ""
                piece.unicodeScalars.append(contentsOf: word[start..<end])
                found = vocabulary[piece]
                if found == nil { end -= 1 }
            }
            guard let found else {
                tokens.removeSubrange(before...)
                return tokens.append(unknown)
            }
            tokens.append(found)
            start = end
        }
    }
}
