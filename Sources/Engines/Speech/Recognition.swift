import CSherpaOnnx
import Foundation

/// What a recogniser makes of one utterance.
struct Recognition: Sendable, Equatable {
    var text: String
    /// ISO 639-1; `nil` where the model says nothing.
    var language: String?
    var tokens: [String] = []
    /// Seconds from the start of the utterance, one for each token; empty when the model gives none.
    var times: [Double] = []
    /// Natural logarithms of the tokens' probabilities; empty when the model gives none.
    var logProbabilities: [Double] = []

    init(text: String) { self.text = text }

    init(_ result: SpeechResult) {
        text = result.text.map { String(cString: $0) } ?? ""
        language = Self.code(result.language.map { String(cString: $0) } ?? "")
        let count = Int(result.token_count)
        var token = result.tokens
        for _ in 0..<count {
            guard let start = token else { break }
            tokens.append(String(cString: start))
            token = start + strlen(start) + 1
        }
        times = UnsafeBufferPointer(start: result.token_times, count: result.token_times == nil ? 0 : count).map(Double.init)
        logProbabilities = UnsafeBufferPointer(
            start: result.token_log_probabilities, count: result.token_log_probabilities == nil ? 0 : count
        ).map(Double.init)
    }

    /// `<|en|>` or `en` as `en`.
    private static func code(_ label: String) -> String? {
        let letters = label.lowercased().filter { $0.isLetter }
        return (2...3).contains(letters.count) ? letters : nil
    }

    /// The geometric mean of the tokens' probabilities; `nil` where the model gives none.
    var confidence: Double? {
        guard !logProbabilities.isEmpty else { return nil }
        return min(1, exp(logProbabilities.reduce(0, +) / Double(logProbabilities.count)))
    }

    /// The words with their times; `nil` where the model gives none.
    /// - Parameters:
    ///   - offset: of the utterance in the sound, in seconds.
    ///   - end: of the utterance, from its start.
    func words(offset: Double, end: Double) -> [TranscriptWord]? {
        guard !times.isEmpty, times.count == tokens.count else { return nil }
        var words: [TranscriptWord] = []
        var sums: [Double] = []
        for (place, token) in tokens.enumerated() {
            // SentencePiece marks the beginning of a word with a low line of its own, others with a blank.
            let begins = token.hasPrefix("\u{2581}") || token.hasPrefix(" ") || token.unicodeScalars.first.map(Self.standsAlone) == true
            let text = token.replacingOccurrences(of: "\u{2581}", with: "").trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty, !text.hasPrefix("<|") else { continue }
            let start = offset + times[place]
            let logarithm = logProbabilities.indices.contains(place) ? logProbabilities[place] : 0
            if begins || words.isEmpty {
                if let last = words.indices.last { words[last].end = max(words[last].start, start) }
                words.append(TranscriptWord(text: text, start: start, end: offset + end))
                sums.append(logarithm)
            } else {
                words[words.count - 1].text += text
                sums[sums.count - 1] += logarithm
            }
        }
        guard !words.isEmpty else { return nil }
        if !logProbabilities.isEmpty {
            for place in words.indices { words[place].confidence = min(1, exp(sums[place])) }
        }
        return words
    }

    /// Scripts that don't write blanks between words.
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        (0x3040...0x30FF).contains(scalar.value) || (0x3400...0x9FFF).contains(scalar.value)
    }
}
