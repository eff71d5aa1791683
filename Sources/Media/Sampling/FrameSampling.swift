import Foundations

/// Which frames of a video a vision model of the Qwen family sees, and at which size: the rules of `qwen-vl-utils` 0.0.14
/// (`smart_nframes`, `calculate_video_frame_range`, the readers and `fetch_video`), computed as they are computed there.
public enum FrameSampling {
    /// Frames are taken in pairs: the model's temporal patch.
    static let frameFactor = 2
    static let spatialMerge = 2
    static let defaultRate = 2.0
    static let defaultMinFrames = 4
    static let defaultMaxFrames = 768
    static let minTokensPerFrame = 128
    static let maxTokensPerFrame = 768
    /// What a `Float` may be to become an `Int` again.
    private static let linspaceBound: Float = 0x1p62

    /// - Parameters:
    ///   - totalFrames: frames in the video.
    ///   - frameRate: the source's average frames per second.
    ///   - size: the source's frames.
    /// - Throws: `SamplingError`.
    public static func plan(
        totalFrames: Int, frameRate: Double, size: PixelSize, options: VideoSamplingOptions, limits: MediaLimits = .init()
    ) throws -> VideoSamplingPlan {
        try check(options)
        let range = try frameRange(
            totalFrames: totalFrames, frameRate: frameRate, start: options.start, end: options.end)
        let count = try frameCount(totalFrames: range.count, frameRate: frameRate, options: options)
        guard count <= limits.maxSampledFrames else {
            throw SamplingError.tooManyFrames(asked: count, limit: limits.maxSampledFrames)
        }
        let resized = try frameSize(size, frameCount: count, options: options, limits: limits)
        return VideoSamplingPlan(
            indices: linspace(from: range.lowerBound, to: range.upperBound, count: count), size: resized,
            sampleRate: Double(count) / Double(range.count) * frameRate, sourceFrameRate: frameRate,
            rangeFrameCount: range.count, tokens: tokens(frameCount: count, size: resized, patchSize: options.patchSize))
    }

    /// Frames to take from a range of `totalFrames`.
    /// - Throws: `SamplingError`.
    public static func frameCount(totalFrames: Int, frameRate: Double, options: VideoSamplingOptions) throws -> Int {
        try check(options)
        try check(totalFrames: totalFrames, frameRate: frameRate)
        let count: Int
        if let asked = options.frameCount {
            guard options.fps == nil else {
                throw SamplingError.invalid(field: "nframes", reason: "can't be given together with fps")
            }
            count = roundToMultiple(Double(asked), of: frameFactor)
        } else {
            let low = ceilToMultiple(Double(options.minFrames ?? defaultMinFrames), of: frameFactor)
            let high = floorToMultiple(
                Double(options.maxFrames ?? min(defaultMaxFrames, totalFrames)), of: frameFactor)
            let wished = Double(totalFrames) / frameRate * (options.fps ?? defaultRate)
            count = floorToMultiple(min(min(max(wished, Double(low)), Double(high)), Double(totalFrames)), of: frameFactor)
        }
        guard count >= frameFactor, count <= totalFrames else {
            let field = options.frameCount != nil ? "nframes" : "min_frames"
            guard totalFrames >= frameFactor else {
                throw SamplingError.unusable(reason: "the chosen range has fewer than two frames")
            }
            throw SamplingError.invalid(
                field: field, reason: "asks for \(count) frames; the chosen range allows 2 to \(totalFrames)")
        }
        return count
    }

    /// First and last frame of the range between two times in seconds.
    /// - Throws: `SamplingError`, also when fewer than two frames lie between the times.
    public static func frameRange(totalFrames: Int, frameRate: Double, start: Double?, end: Double?) throws
        -> ClosedRange<Int>
    {
        try check(totalFrames: totalFrames, frameRate: frameRate)
        try check(start: start, end: end)
        guard start != nil || end != nil else { return 0...(totalFrames - 1) }
        let duration = Double(totalFrames) / frameRate
        let first = start.map { Int((min(max(0, $0), duration) * frameRate).rounded(.up)) } ?? 0
        let last = end.map { min(Int((min(max(0, $0), duration) * frameRate).rounded(.down)), totalFrames - 1) } ?? totalFrames - 1
        guard first < last else {
            throw SamplingError.invalid(
                field: start != nil ? "video_start" : "video_end", reason: "leaves no frames of the video to sample")
        }
        return first...last
    }

    /// Evenly spread whole numbers with both ends, by the reference's single-precision arithmetic: a fused multiply-add
    /// from the start in the first half and from the end in the second, rounded half to even.
    public static func linspace(from start: Int, to end: Int, count: Int) -> [Int] {
        guard count > 1 else { return count == 1 ? [start] : [] }
        let first = Float(start)
        let last = Float(end)
        let step = (last - first) / Float(count - 1)
        return (0..<count).map { index in
            let value =
                index < count / 2
                ? first.addingProduct(step, Float(index)) : last.addingProduct(-step, Float(count - 1 - index))
            return Int(min(max(value.rounded(.toNearestOrEven), -linspaceBound), linspaceBound))
        }
    }

    /// Seconds of each pair of frames as Qwen3-VL's prompt names them: the mean of the two frames' index over rate.
    public static func timestamps(_ plan: VideoSamplingPlan) -> [Double] {
        var indices = plan.indices
        if indices.count % 2 == 1, let last = indices.last { indices.append(last) }
        return stride(from: 0, to: indices.count, by: 2).map {
            (Double(indices[$0]) / plan.sourceFrameRate + Double(indices[$0 + 1]) / plan.sourceFrameRate) / 2
        }
    }

    /// What a video's frames take in the model's context: a token for each 2×2 patches of each pair of frames.
    static func tokens(frameCount: Int, size: PixelSize, patchSize: Int) -> Int {
        let factor = patchSize * spatialMerge
        return frameCount / frameFactor * (size.height / factor) * (size.width / factor)
    }

    /// The size of each of `frameCount` frames of a video within its budget of pixels.
    static func frameSize(
        _ size: PixelSize, frameCount: Int, options: VideoSamplingOptions, limits: MediaLimits
    ) throws -> PixelSize {
        let factor = options.patchSize * spatialMerge
        let area = Double(factor * factor)
        if let wished = options.resized {
            return try SmartResize.imageSize(for: size, resized: wished, patchSize: options.patchSize)
        }
        let minPixels = options.minPixels.map(Double.init) ?? Double(minTokensPerFrame) * area
        let total = options.totalPixels.map(Double.init) ?? Double(Double(options.sequenceLength) * area * 0.9)
        let cap = max(
            min(Double(maxTokensPerFrame) * area, total / Double(frameCount) * Double(frameFactor)),
            (minPixels * 1.05).rounded(.towardZero))
        let maxPixels = min(options.maxPixels.map(Double.init) ?? cap, cap)
        let resized = try SmartResize.size(for: size, factor: factor, minPixels: minPixels, maxPixels: maxPixels)
        guard resized.pixels <= limits.maxPixels else {
            throw SamplingError.invalid(field: "min_pixels", reason: "must be at most \(limits.maxPixels)")
        }
        return resized
    }

    private static func check(totalFrames: Int, frameRate: Double) throws {
        guard totalFrames > 0 else { throw SamplingError.unusable(reason: "it has no frames") }
        guard totalFrames <= Int(Int32.max) else { throw SamplingError.unusable(reason: "it has too many frames") }
        guard frameRate >= 1e-6, frameRate <= 1e6 else { throw SamplingError.unusable(reason: "its frame rate is unknown") }
    }

    private static func check(start: Double?, end: Double?) throws {
        for (field, value) in [("video_start", start), ("video_end", end)] {
            if let value, !value.isFinite {
                throw SamplingError.invalid(field: field, reason: "must be a number of seconds")
            }
        }
    }

    /// Every number of a request is bounded here, before anything is computed from it.
    static func check(_ options: VideoSamplingOptions) throws {
        func refuse(_ field: String, _ reason: String) -> SamplingError { .invalid(field: field, reason: reason) }
        let most = 1 << 40
        if let fps = options.fps, !(fps > 0 && fps <= 1000) { throw refuse("fps", "must be above 0 and at most 1000") }
        for (field, value, least) in [
            ("nframes", options.frameCount, 1), ("min_frames", options.minFrames, 0), ("max_frames", options.maxFrames, 1),
            ("min_pixels", options.minPixels, 0), ("max_pixels", options.maxPixels, 1),
            ("total_pixels", options.totalPixels, 0),
        ] {
            guard let value else { continue }
            guard value >= least, value <= most else { throw refuse(field, "must be between \(least) and \(most)") }
        }
        if let max = options.maxFrames, max < frameFactor { throw refuse("max_frames", "must be at least 2") }
        try check(start: options.start, end: options.end)
        if let start = options.start, let end = options.end, start >= end {
            throw refuse("video_end", "must be after video_start")
        }
        if let size = options.resized, !(1...65_536).contains(size.width) || !(1...65_536).contains(size.height) {
            throw refuse("resized_height", "and resized_width must be between 1 and 65536")
        }
        guard (1...64).contains(options.patchSize) else { throw refuse("patch_size", "must be between 1 and 64") }
        guard (1...(1 << 24)).contains(options.sequenceLength) else {
            throw refuse("sequence_length", "must be between 1 and \(1 << 24)")
        }
    }

    static func roundToMultiple(_ value: Double, of factor: Int) -> Int {
        Int((value / Double(factor)).rounded(.toNearestOrEven)) * factor
    }
    static func ceilToMultiple(_ value: Double, of factor: Int) -> Int { Int((value / Double(factor)).rounded(.up)) * factor }
    static func floorToMultiple(_ value: Double, of factor: Int) -> Int {
        Int((value / Double(factor)).rounded(.down)) * factor
    }
}
