import Foundation
import Foundations
import Media

/// What is new in a transcription of sound that comes in pieces.
public struct ListeningUpdate: Sendable, Equatable {
    /// The segments that are finished now: people paused behind them.
    public var segments: [TranscriptSegment]
    /// All that was said so far; its end may change yet.
    public var text: String

    public init(segments: [TranscriptSegment], text: String) {
        self.segments = segments
        self.text = text
    }
}

/// One recording's way through a `SpeechTranscriber`, as its sound comes in. Used by one task at a time.
///
/// A piece is recognised once it is whole. Until then it is guessed at now and then, so that people see that they are heard.
public actor SpeechListener {
    private let transcriber: SpeechTranscriber
    private let detector: SpeechActivityDetector?
    private let language: String?
    private let wantsWords: Bool
    private var joiner: SpeechJoiner

    /// The sound from `base` on, in samples from the recording's start. What is recognised is let go.
    private var samples: [Float] = []
    private var base = 0
    private var segments: [TranscriptSegment] = []
    private var heardLanguage: String?
    /// The end of what is recognised.
    private var recognised = 0
    private var guess = Guess()

    private struct Guess {
        var text = ""
        /// Samples that had come when it was made.
        var position = 0
        var cost: Duration = .zero
    }

    /// - Parameter joined: seconds that a piece made of phrases may have.
    init(of transcriber: SpeechTranscriber, detector: SpeechActivityDetector?, language: String?, wantsWords: Bool, joined: Double) {
        self.transcriber = transcriber
        self.detector = detector
        self.language = language
        self.wantsWords = wantsWords
        joiner = SpeechJoiner(longest: Self.samples(joined), longestPause: Self.samples(transcriber.options.maxPause))
    }

    /// Takes the next 16 kHz mono samples, of any number.
    /// - Throws: `NativeEngineError.computationFailed`; `CancellationError`.
    public func accept(_ new: [Float]) async throws -> ListeningUpdate {
        let finished = try await take(new, isLast: false)
        if !finished.isEmpty { guess = Guess(position: end) }
        try await guessAtTheRest()
        return ListeningUpdate(segments: finished, text: (segments.map(\.text) + [guess.text]).filter { !$0.isEmpty }.joined(separator: " "))
    }

    /// Ends the sound.
    public func finish() async throws -> Transcript {
        if !isOver { _ = try await take([], isLast: true) }
        return Transcript(
            segments: segments, language: language ?? heardLanguage ?? (segments.isEmpty ? nil : transcriber.onlyLanguage),
            duration: Self.seconds(end))
    }

    /// - Parameter recognised: gets the end of each piece that was looked at, in samples.
    func take(_ new: [Float], isLast: Bool, recognised report: @Sendable (Int) -> Void = { _ in }) async throws -> [TranscriptSegment] {
        guard !isOver else { return [] }
        samples += new
        isOver = isLast
        let before = segments.count
        for piece in try await pieces(in: new) {
            segments += try await recognise(piece)
            recognised = max(recognised, piece.end)
            report(piece.end)
        }
        forget()
        return Array(segments[before...])
    }

    private var isOver = false
    private var someoneSpeaks = false
    private var end: Int { base + samples.count }

    /// What can be recognised now, in samples from the recording's start.
    private func pieces(in new: [Float]) async throws -> [SpeechPiece] {
        let longest = Self.samples(transcriber.options.maxSegment)
        guard let detector else {
            // Without a detector, sound is cut at quiet places once there is enough of it.
            guard isOver || end - recognised > longest else { return [] }
            let pieces = split(recognised..<end, longest: longest)
            return isOver ? pieces : Array(pieces.dropLast())
        }
        let found = try await transcriber.find(new, isLast: isOver, by: detector)
        someoneSpeaks = found.hears
        var spoken = found.stretches.compactMap { joiner.add($0) }
        if isOver, let last = joiner.finish() { spoken.append(last) }
        return spoken.flatMap { $0.stretches.count > 1 ? [$0] : split($0.start..<$0.end, longest: longest) }
    }

    private func split(_ range: Range<Int>, longest: Int) -> [SpeechPiece] {
        SpeechSegmentation.split(samples, range: range.lowerBound - base..<range.upperBound - base, longest: longest)
            .map { SpeechPiece([$0.lowerBound + base..<$0.upperBound + base]) }
    }

    private func recognise(_ speech: SpeechPiece) async throws -> [TranscriptSegment] {
        // Only speech that a detector marked has something around it.
        let margin = detector == nil ? 0 : Self.samples(transcriber.options.margin)
        let range = (speech.start - margin..<speech.end + margin).clamped(to: base..<end)
        let piece = Array(samples[range.lowerBound - base..<range.upperBound - base])
        guard let recognition = try await transcriber.recognise(piece, language: language) else { return [] }
        if let language = recognition.language { heardLanguage = language }
        // The detector cuts soft beginnings and ends off: up to half the pause between two stretches belongs to each.
        let edges = [range.lowerBound] + zip(speech.stretches, speech.stretches.dropFirst()).map { ($0.upperBound + $1.lowerBound) / 2 } + [range.upperBound]
        let stretches = speech.stretches.enumerated().map { place, stretch in
            (start: Self.seconds(max(edges[place], stretch.lowerBound - margin)), end: Self.seconds(min(edges[place + 1], stretch.upperBound + margin)))
        }
        let words = recognition.words(offset: Self.seconds(range.lowerBound), end: Self.seconds(range.count))
        let found = SegmentCutter(stretches: stretches).segments(recognition.text, confidence: recognition.confidence, words: words)
        return found.map { segment in
            var segment = segment
            // Margins of neighbours may overlap; segments don't.
            segment.start = max(segment.start, segments.last?.end ?? 0)
            segment.end = max(segment.start, segment.end)
            if !wantsWords { segment.words = nil }
            return segment
        }
    }

    /// Recognises what isn't a whole piece yet, when a second has come since the last guess, or twice as long as a guess takes.
    private func guessAtTheRest() async throws {
        guard detector == nil || someoneSpeaks || joiner.isOpen else { return }
        let pause = max(Self.guessPause, guess.cost * 2)
        guard Self.seconds(end - guess.position) >= pause / .seconds(1) else { return }
        let from = max(recognised, joiner.start ?? base, end - Self.samples(transcriber.options.maxSegment))
        let begun = ContinuousClock.now
        let piece = Array(samples[max(0, from - base)...])
        let recognition = try await transcriber.recognise(piece, language: language)
        guess = Guess(text: recognition?.text ?? "", position: end, cost: .now - begun)
    }

    /// Lets go of sound that nobody will look at again.
    private func forget() {
        let needed = max(base, min(recognised, joiner.start ?? end, end - Self.samples(2 * transcriber.options.maxSegment + 10)))
        guard needed - base > Self.samples(30) else { return }
        samples.removeFirst(needed - base)
        base = needed
    }

    private static let guessPause: Duration = .seconds(1)
    private static func samples(_ seconds: Double) -> Int { Int(seconds * Double(SpeechTranscriber.sampleRate)) }
    private static func seconds(_ samples: Int) -> Double { Double(samples) / Double(SpeechTranscriber.sampleRate) }
}
