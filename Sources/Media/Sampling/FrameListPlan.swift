import Foundations

/// How pictures given in place of a video become its frames, as `fetch_video` of `qwen-vl-utils` 0.0.14 treats lists.
///
/// ```swift
/// let plan = try FrameSampling.plan(frames: images.map(\.size), options: options)
/// let frames = plan.indices.map { plan.resize(images[$0]) }
/// ```
public struct FrameListPlan: Sendable, Equatable {
    /// Which pictures to take, in order: all of them, the last one twice when their number is odd.
    public var indices: [Int]
    /// The size that each picture gets first, as a still image.
    public var stillSize: PixelSize
    /// The size that the frames then get, as a video's.
    public var size: PixelSize
    /// Frames per second of video.
    public var sampleRate: Double
    /// Frames per second of the recording that the pictures were taken from.
    public var sourceFrameRate: Double
    /// How many frames that recording has over the same time. Not always whole.
    public var sourceFrameCount: Double
    /// Vision tokens of the whole list for the Qwen family.
    public var tokens: Int

    /// One picture at the frames' size. Takes processor time in proportion to the picture.
    public func resize(_ image: RGBImage) -> RGBImage {
        BicubicResizer(from: stillSize, to: size).resize(StillImageResize.resize(image, to: stillSize))
    }
}

extension FrameSampling {
    /// - Parameters:
    ///   - frames: the pictures' sizes.
    ///   - sampleRate: pictures per second of video; 2 where `nil`.
    ///   - sourceFrameRate: of the recording they were taken from; `sampleRate` where `nil`.
    ///   - options: sizes and budgets; times, rates and counts play no part.
    /// - Throws: `SamplingError`, also when the pictures wouldn't all get one size.
    public static func plan(
        frames: [PixelSize], sampleRate: Double? = nil, sourceFrameRate: Double? = nil, options: VideoSamplingOptions,
        limits: MediaLimits = .init()
    ) throws -> FrameListPlan {
        try check(options)
        for (field, rate) in [("sample_fps", sampleRate), ("raw_fps", sourceFrameRate)] {
            if let rate, !(rate >= 1e-6 && rate <= 1e6) {
                throw SamplingError.invalid(field: field, reason: "must be between 0.000001 and 1000000")
            }
        }
        guard let first = frames.first else {
            throw SamplingError.invalid(field: "video", reason: "needs at least one frame")
        }
        let count = frames.count + frames.count % frameFactor
        guard count <= limits.maxSampledFrames else {
            throw SamplingError.tooManyFrames(asked: count, limit: limits.maxSampledFrames)
        }
        // The reference hands its picture function twice the patch size; sizes agree with it only so.
        let stillSize = { (size: PixelSize) in
            try SmartResize.imageSize(
                for: size, resized: options.resized, patchSize: options.patchSize * spatialMerge,
                minPixels: options.minPixels, maxPixels: options.maxPixels)
        }
        let still = try stillSize(first)
        guard try Set(frames).allSatisfy({ try stillSize($0) == still }) else {
            throw SamplingError.invalid(field: "video", reason: "holds frames of different shapes")
        }
        guard still.pixels <= limits.maxPixels else {
            throw SamplingError.invalid(field: "min_pixels", reason: "must be at most \(limits.maxPixels)")
        }
        let size = try frameSize(still, frameCount: count, options: options, limits: limits)
        let rate = sampleRate ?? defaultRate
        let sourceRate = sourceFrameRate ?? rate
        return FrameListPlan(
            indices: (0..<count).map { min($0, frames.count - 1) }, stillSize: still, size: size, sampleRate: rate,
            sourceFrameRate: sourceRate, sourceFrameCount: Double(count) / rate * sourceRate,
            tokens: tokens(frameCount: count, size: size, patchSize: options.patchSize))
    }
}
