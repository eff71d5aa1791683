extension RGBImage {
    /// The picture turned by 0, 90, 180 or 270 degrees; other angles return it as it is.
    public func rotated(clockwise degrees: Int) -> RGBImage {
        let (width, height) = (width, height)
        let target: PixelSize
        switch degrees {
        case 90, 270: target = PixelSize(width: height, height: width)
        case 180: target = size
        default: return self
        }
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<target.height {
                    for x in 0..<target.width {
                        let from =
                            switch degrees {
                            case 90: (height - 1 - x) * width + y
                            case 270: x * width + (width - 1 - y)
                            default: (height - 1 - y) * width + (width - 1 - x)
                            }
                        let to = (y * target.width + x) * 3
                        out[to] = source[from * 3]
                        out[to + 1] = source[from * 3 + 1]
                        out[to + 2] = source[from * 3 + 2]
                    }
                }
            }
            count = pixels.count
        }
        return RGBImage(width: target.width, height: target.height, pixels: turned)
    }

    /// Left and right exchanged.
    public func mirrored() -> RGBImage {
        let mirrored = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, count in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<height {
                    for x in 0..<width {
                        let from = (y * width + (width - 1 - x)) * 3
                        let to = (y * width + x) * 3
                        out[to] = source[from]
                        out[to + 1] = source[from + 1]
                        out[to + 2] = source[from + 2]
                    }
                }
            }
            count = pixels.count
        }
        return RGBImage(width: width, height: height, pixels: mirrored)
    }
}
