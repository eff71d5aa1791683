import Foundation

/// Cuts what was recognised of a long piece into segments that begin and end where people paused.
///
/// Models that give no times for words leave open which words belong to which stretch of speech. People pause between sentences, and
/// speak about evenly: a sentence ends at a pause if that is near the place where an even speaker would have ended it. Sentences
/// without such a pause stay together.
package struct SegmentCutter {
    /// Seconds between the pause and the place where a sentence is expected to end.
    private static let tolerance = 1.2

    /// In seconds.
    private let stretches: [(start: Double, end: Double)]

    /// - Parameter stretches: of speech in the sound, in order of time, in seconds.
    package init(stretches: [(start: Double, end: Double)]) { self.stretches = stretches }

    /// - Parameters:
    ///   - confidence: of the whole piece; each segment gets it.
    ///   - words: the text's words, where the model gives their times.
    /// - Returns: segments that together hold the whole text.
    package func segments(_ text: String, confidence: Double? = nil, words: [TranscriptWord]? = nil) -> [TranscriptSegment] {
        guard let first = stretches.first, let last = stretches.last else { return [] }
        guard stretches.count > 1 else {
            return [TranscriptSegment(start: first.start, end: last.end, text: text, confidence: confidence, words: words)]
        }
        let parts = words.map(split) ?? split(text)
        return parts.map { part in
            TranscriptSegment(
                start: stretches[part.stretches.lowerBound].start, end: stretches[part.stretches.upperBound - 1].end, text: part.text,
                confidence: confidence, words: part.words)
        }
    }

    private struct Part {
        var text: String
        var words: [TranscriptWord]?
        var stretches: Range<Int>
    }

    /// The words' times tell exactly which stretch they belong to.
    private func split(_ words: [TranscriptWord]) -> [Part] {
        var parts: [Part] = []
        var (from, stretch) = (0, 0)
        for pause in 1..<stretches.count {
            let middle = (stretches[pause - 1].end + stretches[pause].start) / 2
            let cut = words[from...].firstIndex { $0.start >= middle } ?? words.count
            guard cut > from, cut < words.count, Self.endsSentence(words[cut - 1].text) else { continue }
            parts.append(Self.part(words[from..<cut], stretch..<pause))
            (from, stretch) = (cut, pause)
        }
        return parts + [Self.part(words[from...], stretch..<stretches.count)]
    }

    private static func part(_ words: ArraySlice<TranscriptWord>, _ stretches: Range<Int>) -> Part {
        Part(text: words.map(\.text).joined(separator: " "), words: Array(words), stretches: stretches)
    }

    private func split(_ text: String) -> [Part] {
        let sentences = Self.sentences(of: text)
        let speech = stretches.reduce(0) { $0 + $1.end - $1.start }
        let letters = Double(max(1, sentences.reduce(0) { $0 + $1.count }))
        // Seconds of speech until the end of each sentence but the last.
        var ends: [Double] = []
        var spoken = 0
        for sentence in sentences.dropLast() {
            spoken += sentence.count
            ends.append(speech * Double(spoken) / letters)
        }
        var parts: [Part] = []
        var (from, stretch, passed) = (0, 0, 0.0)
        for pause in 1..<stretches.count {
            passed += stretches[pause - 1].end - stretches[pause - 1].start
            let nearest = ends[from...].indices.min { abs(ends[$0] - passed) < abs(ends[$1] - passed) }
            guard let nearest, abs(ends[nearest] - passed) <= Self.tolerance else { continue }
            parts.append(Part(text: sentences[from...nearest].joined(separator: " "), stretches: stretch..<pause))
            (from, stretch) = (nearest + 1, pause)
        }
        return parts + [Part(text: sentences[from...].joined(separator: " "), stretches: stretch..<stretches.count)]
    }

    /// Cut behind the marks that end a sentence; blanks between sentences are dropped.
    private static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var open: [Substring] = []
        for word in text.split(separator: " ") {
            open.append(word)
            guard endsSentence(word) else { continue }
            sentences.append(open.joined(separator: " "))
            open = []
        }
        return open.isEmpty ? sentences : sentences + [open.joined(separator: " ")]
    }

    private static func endsSentence(_ word: some StringProtocol) -> Bool { word.last.map { ".?!\u{3002}\u{FF1F}\u{FF01}".contains($0) } ?? false }
}
