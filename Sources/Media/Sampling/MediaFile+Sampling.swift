import Foundations

extension FrameSampling {
    /// The plan for an opened video.
    /// - Throws: `MediaError.noVideoStream`, `SamplingError`.
    public static func plan(for info: MediaInfo, options: VideoSamplingOptions, limits: MediaLimits = .init()) throws
        -> VideoSamplingPlan
    {
        guard let video = info.video else { throw MediaError.noVideoStream }
        return try plan(
            totalFrames: video.frameCount, frameRate: video.frameRate, size: video.size, options: options, limits: limits)
    }
}

extension MediaFile {
    /// The plan's frames, each resized to the plan's size while others are still being decoded.
    public func sampledFrames(_ plan: VideoSamplingPlan) -> VideoFrameSequence {
        guard let source = info.video?.size else { return frames(at: plan.indices) }
        let resizer = BicubicResizer(from: source, to: plan.size)
        return frames(at: plan.indices) { image in
            // A stream may change its size on the way; the model still gets one size.
            image.size == source
                ? resizer.resize(image) : BicubicResizer(from: image.size, to: plan.size).resize(image)
        }
    }
}
