import Media

/// How a picture comes to a network's size: it is scaled, then laid onto the target with its top left corner at
/// (`left`, `top`). Both are below 0 where it stands over.
package struct PictureFit: Sendable, Equatable {
    package var scaled: PixelSize
    package var left = 0
    package var top = 0

    /// - Precondition: all sides are above 0.
    package init(_ size: PixelSize, into target: PixelSize, by rule: ImageInput.Resize) {
        switch rule {
        case .stretch:
            scaled = target
        case .crop:
            // As torchvision's Resize and CenterCrop count: the longer side rounded down, the middle half to even.
            scaled =
                size.width * target.height <= size.height * target.width
                ? PixelSize(width: target.width, height: max(target.height, size.height * target.width / size.width))
                : PixelSize(width: max(target.width, size.width * target.height / size.height), height: target.height)
            left = -Self.half(scaled.width - target.width)
            top = -Self.half(scaled.height - target.height)
        case .pad:
            let scale = min(Double(target.width) / Double(size.width), Double(target.height) / Double(size.height))
            scaled = PixelSize(
                width: min(max(1, Int((Double(size.width) * scale).rounded())), target.width),
                height: min(max(1, Int((Double(size.height) * scale).rounded())), target.height))
            left = (target.width - scaled.width) / 2
            top = (target.height - scaled.height) / 2
        }
    }

    private static func half(_ length: Int) -> Int { Int((Double(length) / 2).rounded(.toNearestOrEven)) }
}
