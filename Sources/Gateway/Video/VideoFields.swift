import Foundations

/// The numbers of a video question with their ranges and defaults, for reading and for the document.
package struct VideoFields: Sendable {
    package var fps: NumericField
    package var maxFrames: NumericField
    package var minPixels: NumericField
    package var maxPixels: NumericField
    package var totalPixels: NumericField
    package var minFrames: NumericField
    package var nframes: NumericField
    package var start: NumericField
    package var end: NumericField
    package var maxTokens: NumericField
    package var temperature: NumericField
    package var topP: NumericField
    package var topK: NumericField
    package var seed: NumericField

    package init(_ configuration: Configuration) {
        let video = configuration.video
        let generation = configuration.generation
        let frames = configuration.media.maxSampledFrames
        let pixels = configuration.media.maxPixels
        fps = .number("fps", 0...240, above: true, fallback: video.fps, "Frames per second to sample")
        maxFrames = .integer("max_frames", 2...frames, fallback: video.maxFrames, "Maximum number of frames")
        minPixels = .integer("min_pixels", 1...pixels, fallback: video.minPixels, "Minimum pixels per frame")
        maxPixels = .integer("max_pixels", 1...pixels, fallback: video.maxPixels, "Maximum pixels per frame")
        totalPixels = .integer(
            "total_pixels", 1...(pixels * frames), fallback: video.totalPixels, "Total pixel budget")
        minFrames = .integer("min_frames", 2...frames, "Minimum number of frames")
        nframes = .integer("nframes", 2...frames, "An exact number of frames; not together with fps")
        let duration = configuration.media.maxDuration
        start = .number("video_start", 0...duration, "Seconds from the start to begin at")
        end = .number("video_end", 0...duration, above: true, "Seconds from the start to end at")
        maxTokens = .integer("max_tokens", 1...32_768, fallback: generation.maxTokens, "Maximum tokens to generate")
        temperature = .number("temperature", 0...2, fallback: generation.temperature, "Sampling temperature")
        topP = .number("top_p", 0...1, fallback: generation.topP, "Nucleus sampling parameter")
        topK = .integer("top_k", 0...1000, fallback: generation.topK, "Top-k sampling parameter")
        seed = .integer("seed", 0...Int(UInt32.max), "Seed of the sampling; the same seed repeats an answer")
    }

    package var video: [NumericField] {
        [fps, maxFrames, minPixels, maxPixels, totalPixels, minFrames, nframes, start, end]
    }
    package var generation: [NumericField] { [maxTokens, temperature, topP, topK, seed] }
}
