import Foundation
import Foundations

extension VideoQuestion {
    /// Characters of a question.
    public static let maxPromptCharacters = 16_000

    /// The question with its prompt trimmed, when every field is within its range.
    /// - Throws: `VideoQuestionError`.
    public func validated() throws -> VideoQuestion {
        var question = self
        question.prompt = prompt.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !question.prompt.isEmpty else { throw VideoQuestionError.emptyPrompt }
        guard question.prompt.count <= Self.maxPromptCharacters else {
            throw VideoQuestionError.promptTooLong(limit: Self.maxPromptCharacters)
        }
        func check(_ isFine: Bool, _ field: String, _ allowed: String) throws {
            if !isFine { throw VideoQuestionError.outOfRange(field: field, allowed: allowed) }
        }
        try check((1...32_768).contains(generation.maxTokens), "max_tokens", "between 1 and 32768")
        if let temperature = generation.temperature { try check((0...2).contains(temperature), "temperature", "between 0 and 2") }
        try check((0...1).contains(generation.topP), "top_p", "between 0 and 1")
        try check((0...1000).contains(generation.topK), "top_k", "between 0 and 1000")
        if let fps = sampling.fps { try check(fps.isFinite && fps > 0 && fps <= 240, "fps", "above 0 and at most 240") }
        if let frames = sampling.maxFrames { try check((2...100_000).contains(frames), "max_frames", "at least 2") }
        for (field, seconds) in [("start", sampling.start), ("end", sampling.end)] {
            if let seconds { try check(seconds.isFinite && seconds >= 0, field, "a number of seconds, 0 or more") }
        }
        if let start = sampling.start, let end = sampling.end { try check(start < end, "end", "after start") }
        return question
    }

    /// The asked-for part of a video of that length; `nil` for the whole.
    func range(duration: Double) throws -> ClosedRange<Double>? {
        guard sampling.start != nil || sampling.end != nil else { return nil }
        let start = sampling.start ?? 0
        guard start < duration else { throw VideoQuestionError.outOfRange(field: "start", allowed: "before the end of the video") }
        return start...max(start, min(sampling.end ?? duration, duration))
    }
}
