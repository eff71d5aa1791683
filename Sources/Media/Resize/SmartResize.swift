/// Picture sizes on the patch grid, as `smart_resize` and `fetch_image` of `qwen-vl-utils` 0.0.14 compute them.
public enum SmartResize {
    static let maxRatio = 200.0
    static let minImageTokens = 4
    static let maxImageTokens = 16_384
    /// Sides and areas beyond these are refused, which keeps all arithmetic inside its types.
    private static let maxSide = Int(Int32.max)
    private static let maxArea = Double(1 << 40)

    /// The size nearest to `size` whose sides are multiples of `factor` and whose area lies within the bounds.
    /// - Parameters:
    ///   - minPixels: at most 2^40.
    ///   - maxPixels: a real number, as the budget of a video's frame is.
    /// - Throws: `SamplingError` when the bounds contradict each other, the picture is longer than 200 times its width, or
    ///   nothing would be left of it.
    public static func size(for size: PixelSize, factor: Int, minPixels: Double, maxPixels: Double) throws -> PixelSize {
        guard (1...4096).contains(factor) else {
            throw SamplingError.invalid(field: "patch_size", reason: "must be between 1 and 1024")
        }
        guard maxPixels > 0 else { throw SamplingError.invalid(field: "max_pixels", reason: "must be above 0") }
        guard minPixels <= maxPixels, minPixels <= maxArea else {
            throw SamplingError.invalid(field: "min_pixels", reason: "is larger than the pixels allowed per frame")
        }
        guard size.width > 0, size.height > 0 else { throw SamplingError.unusable(reason: "its frames are empty") }
        guard size.width <= maxSide, size.height <= maxSide else {
            throw SamplingError.unusable(reason: "its frames are too large")
        }
        let height = Double(size.height)
        let width = Double(size.width)
        guard max(height, width) / min(height, width) <= maxRatio else {
            throw SamplingError.unusable(reason: "its frames are more than 200 times as long as wide")
        }
        var rows = max(factor, FrameSampling.roundToMultiple(height, of: factor))
        var columns = max(factor, FrameSampling.roundToMultiple(width, of: factor))
        let area = Double(rows) * Double(columns)
        if area > maxPixels {
            let scale = (height * width / maxPixels).squareRoot()
            rows = FrameSampling.floorToMultiple(height / scale, of: factor)
            columns = FrameSampling.floorToMultiple(width / scale, of: factor)
        } else if area < minPixels {
            let scale = (minPixels / (height * width)).squareRoot()
            rows = FrameSampling.ceilToMultiple(height * scale, of: factor)
            columns = FrameSampling.ceilToMultiple(width * scale, of: factor)
        }
        // The reference answers a side of nothing here and fails when it resizes.
        guard rows > 0, columns > 0 else {
            throw SamplingError.unusable(reason: "its frames are too thin for the pixels allowed")
        }
        return PixelSize(width: columns, height: rows)
    }

    /// The size of a still image: between 4 and 16 384 tokens unless bounds are given.
    /// - Parameter resized: a wished size, which then counts in place of `size` and of the bounds.
    /// - Throws: `SamplingError`.
    public static func imageSize(
        for size: PixelSize, resized: PixelSize? = nil, patchSize: Int, minPixels: Int? = nil, maxPixels: Int? = nil
    ) throws -> PixelSize {
        guard (1...1024).contains(patchSize) else {
            throw SamplingError.invalid(field: "patch_size", reason: "must be between 1 and 1024")
        }
        let factor = patchSize * FrameSampling.spatialMerge
        let area = Double(factor * factor)
        let least = resized == nil ? minPixels.map(Double.init) : nil
        let most = resized == nil ? maxPixels.map(Double.init) : nil
        return try Self.size(
            for: resized ?? size, factor: factor, minPixels: least ?? Double(minImageTokens) * area,
            maxPixels: most ?? Double(maxImageTokens) * area)
    }
}
