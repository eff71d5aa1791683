/// What a caller may ask of frame sampling: the fields of a video element of `qwen-vl-utils` 0.0.14, with its defaults
/// where `nil`.
public struct VideoSamplingOptions: Sendable, Equatable {
    /// Frames per second of video. Not together with `frameCount`. Default 2.
    public var fps: Double?
    /// An exact number of frames, rounded to a multiple of two.
    public var frameCount: Int?
    public var minFrames: Int?
    public var maxFrames: Int?
    /// Pixels per frame.
    public var minPixels: Int?
    public var maxPixels: Int?
    /// Pixels over all frames.
    public var totalPixels: Int?
    /// Seconds.
    public var start: Double?
    public var end: Double?
    /// A wished size, rounded to the patch grid.
    public var resized: PixelSize?
    /// Side of the model's image patch: 14 (Qwen2-VL, Qwen2.5-VL) or 16 (Qwen3-VL). The grid is twice that.
    public var patchSize = 16
    /// The model's context in tokens, which bounds the pixels over all frames.
    public var sequenceLength = 128_000

    public init() {}
}

/// Which frames to decode, and at which size.
public struct VideoSamplingPlan: Sendable, Equatable, Codable {
    /// Frame numbers in presentation order, ascending; an index may repeat in very short ranges.
    public var indices: [Int]
    /// The size that every frame is resized to.
    public var size: PixelSize
    /// Sampled frames per second of video.
    public var sampleRate: Double
    public var sourceFrameRate: Double
    /// Frames in the chosen range.
    public var rangeFrameCount: Int
    /// Vision tokens of the whole video for the Qwen family.
    public var tokens: Int

    public init(
        indices: [Int], size: PixelSize, sampleRate: Double, sourceFrameRate: Double, rangeFrameCount: Int, tokens: Int
    ) {
        self.indices = indices
        self.size = size
        self.sampleRate = sampleRate
        self.sourceFrameRate = sourceFrameRate
        self.rangeFrameCount = rangeFrameCount
        self.tokens = tokens
    }
}
