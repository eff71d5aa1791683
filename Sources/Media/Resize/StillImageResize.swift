/// Resizes 8-bit pictures as Pillow's `resize` does by default, which is how `qwen-vl-utils` treats still images and lists of
/// frames: bicubic with antialiasing in fixed point, rounded to 8 bits after each of the two passes.
///
/// Equal to Pillow 13 bit for bit. It differs from `BicubicResizer` by up to some 16 levels, so the two aren't
/// interchangeable.
public enum StillImageResize {
    private static let precision = 22

    /// - Precondition: the picture and the target have sides above 0.
    public static func resize(_ image: RGBImage, to target: PixelSize) -> RGBImage {
        precondition(image.width > 0 && image.height > 0 && target.width > 0 && target.height > 0)
        let lostRows = image.height - target.height
        let lostColumns = image.width - target.width
        // Pillow's rule since version 13. Before, columns always came first.
        let rowsFirst = lostRows > 0 && lostRows > lostColumns * 2
        return rowsFirst
            ? resizedColumns(resizedRows(image, to: target.height), to: target.width)
            : resizedRows(resizedColumns(image, to: target.width), to: target.height)
    }

    private static func resizedColumns(_ image: RGBImage, to width: Int) -> RGBImage {
        guard width != image.width else { return image }
        let axis = weights(from: image.width, to: width)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * image.height * 3) { output, count in
            image.pixels.withUnsafeBufferPointer { input in
                axis.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<image.height {
                        for column in 0..<width {
                            var pixel = (row * image.width + axis.starts[column]) * 3
                            let base = column * axis.taps
                            var red: Int32 = 1 << (precision - 1)
                            var green = red
                            var blue = red
                            for tap in base..<(base + axis.counts[column]) {
                                red &+= Int32(input[pixel]) &* weights[tap]
                                green &+= Int32(input[pixel + 1]) &* weights[tap]
                                blue &+= Int32(input[pixel + 2]) &* weights[tap]
                                pixel += 3
                            }
                            let place = (row * width + column) * 3
                            output[place] = level(red)
                            output[place + 1] = level(green)
                            output[place + 2] = level(blue)
                        }
                    }
                }
            }
            count = width * image.height * 3
        }
        return RGBImage(width: width, height: image.height, pixels: pixels)
    }

    private static func resizedRows(_ image: RGBImage, to height: Int) -> RGBImage {
        guard height != image.height else { return image }
        let axis = weights(from: image.height, to: height)
        let length = image.width * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: length * height) { output, count in
            image.pixels.withUnsafeBufferPointer { input in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: length) { sums in
                    for row in 0..<height {
                        sums.initialize(repeating: 1 << (precision - 1))
                        for tap in 0..<axis.counts[row] {
                            let weight = axis.weights[row * axis.taps + tap]
                            let line = (axis.starts[row] + tap) * length
                            for index in 0..<length { sums[index] &+= Int32(input[line + index]) &* weight }
                        }
                        for index in 0..<length { output[row * length + index] = level(sums[index]) }
                    }
                }
            }
            count = length * height
        }
        return RGBImage(width: image.width, height: height, pixels: pixels)
    }

    private static func weights(from source: Int, to target: Int) -> ResampleWeights<Int32> {
        ResampleWeights(from: source, to: target) { weight in
            let scaled = weight * Double(1 << precision)
            return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
        }
    }

    private static func level(_ sum: Int32) -> UInt8 { UInt8(min(max(sum >> precision, 0), 255)) }
}
