import Foundations
import Media

/// Makes a sampling plan fit into a model's context: smaller frames first, then fewer.
struct ContextFit: Sendable {
    /// Tokens that a request may take, prompt and answer together.
    let contextTokens: Int
    /// Of these, what the answer, the question and the notes need.
    let reservedTokens: Int
    /// Whether the model takes two frames as one (Qwen's temporal patch), as vLLM does; llama-server and plain endpoints
    /// read each frame by itself.
    let readsPairs: Bool

    /// Smaller frames than this many tokens show too little; from here on frames are left out.
    static let leastFrameTokens = 64
    /// What a frame's time takes in letters.
    static let labelTokens = 8
    private static let rounds = 8

    /// An estimate by Qwen's rule: one token for each 2×2 patches.
    func tokens(of plan: VideoSamplingPlan) -> Int {
        readsPairs ? plan.tokens : 2 * plan.tokens + Self.labelTokens * plan.indices.count
    }

    /// The plan as asked for if it fits, else the nearest one that does. Two frames are the fewest: whether those fit is
    /// then the engine's to say.
    /// - Throws: what `FrameSampling.plan` throws.
    func plan(for info: MediaInfo, options: VideoSamplingOptions, limits: MediaLimits) throws -> VideoSamplingPlan {
        var options = options
        var plan = try FrameSampling.plan(for: info, options: options, limits: limits)
        let room = max(1, contextTokens - reservedTokens)
        let factor = options.patchSize * 2
        let leastPixels = Self.leastFrameTokens * factor * factor
        for _ in 0..<Self.rounds {
            let needed = tokens(of: plan)
            guard needed > room, plan.indices.count > 2 else { break }
            let share = Double(room) / Double(needed)
            if options.resized == nil, plan.size.pixels > leastPixels * 5 / 4 {
                let pixels = max(leastPixels, Int(Double(plan.size.pixels) * share))
                options.maxPixels = pixels
                options.minPixels = min(options.minPixels ?? pixels, pixels)
            } else {
                options.frameCount = max(2, Int(Double(plan.indices.count) * share) / 2 * 2)
                options.fps = nil
            }
            plan = try FrameSampling.plan(for: info, options: options, limits: limits)
        }
        return plan
    }

    /// How many of `frames` to send after the engine has counted them itself and refused.
    /// - Parameter promptTokens: the engine's count of the whole prompt; `nil` when it doesn't tell.
    static func fewer(than frames: Int, promptTokens: Int?, contextTokens: Int?, reservedTokens: Int) -> Int {
        guard let promptTokens, let contextTokens, promptTokens > 0 else { return max(2, frames / 2 / 2 * 2) }
        let share = Double(max(1, contextTokens - reservedTokens)) / Double(promptTokens)
        return max(2, min(frames - 2, Int(Double(frames) * share * 0.95) / 2 * 2))
    }
}
