import Engines
import Foundations
import Media

/// How pictures become the elements of one model's input.
package struct ImagePreparation: Sendable, Equatable {
    package var size: PixelSize
    package var layout: ImageInput.Layout
    package var colour: ImageInput.Colour
    package var resize: ImageInput.Resize
    package var pad: UInt8
    /// What each of the 256 levels becomes, for each channel in the order of `colour`.
    package var levels: [[Float]]
    /// Whether the model takes bytes instead of floats.
    package var takesBytes: Bool

    /// Elements of one picture.
    package var count: Int { ImageInput.channels * size.pixels }

    /// The shape of a tensor of that many pictures.
    package func shape(_ pictures: Int) -> [Int] {
        switch layout {
        case .nchw: [pictures, ImageInput.channels, size.height, size.width]
        case .nhwc: [pictures, size.height, size.width, ImageInput.channels]
        }
    }

    /// The elements of one picture. Computes long: not for the cooperative pool.
    /// - Throws: `MediaError.limitExceeded` when the picture is so long and narrow that it would grow beyond the limit
    ///   before it is cut.
    package func values(of image: RGBImage, limits: MediaLimits) throws -> [Float] {
        let fit = PictureFit(image.size, into: size, by: resize)
        guard fit.scaled.pixels <= max(limits.maxPixels, size.pixels) else {
            throw MediaError.limitExceeded(
                limit: "media.max_pixels", found: Double(fit.scaled.pixels), allowed: Double(limits.maxPixels))
        }
        let scaled = StillImageResize.resize(image, to: fit.scaled)
        let pixels = scaled.pixels
        let order = colour == .rgb ? [0, 1, 2] : [2, 1, 0]
        let (step, plane) = layout == .nchw ? (1, size.pixels) : (ImageInput.channels, 1)
        let rows = max(0, fit.top)..<min(size.height, fit.top + scaled.height)
        let columns = max(0, fit.left)..<min(size.width, fit.left + scaled.width)
        var values = [Float](repeating: 0, count: count)
        for channel in 0..<ImageInput.channels {
            let levels = levels[channel]
            let start = channel * plane
            if rows.count * columns.count < size.pixels {
                for pixel in 0..<size.pixels { values[start + pixel * step] = levels[Int(pad)] }
            }
            for row in rows {
                var source = ((row - fit.top) * scaled.width + columns.lowerBound - fit.left) * 3 + order[channel]
                var place = start + (row * size.width + columns.lowerBound) * step
                for _ in columns {
                    values[place] = levels[Int(pixels[source])]
                    source += 3
                    place += step
                }
            }
        }
        return values
    }

    /// The elements as the model takes them.
    func storage(_ values: [Float]) -> Tensor.Storage {
        takesBytes ? .uint8(values.map { UInt8(min(max($0.rounded(), 0), 255)) }) : .float32(values)
    }
}
