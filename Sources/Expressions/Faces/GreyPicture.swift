import CVision
import Media

/// Luma of a picture, one byte a pixel, rows from the top.
public struct GreyPicture: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public let pixels: [UInt8]

    /// - Precondition: `pixels.count == width * height`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// As OpenCV computes it: (3735 B + 19235 G + 9798 R + 16384) >> 15.
    init(_ frame: BGRFrame) throws {
        let (width, height) = (frame.width, frame.height)
        var failure: (any Error)?
        pixels = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            do {
                try callVision { cv_grey_of_bgr(frame.pixels, Int32(width), Int32(height), target.baseAddress, $0, $1) }
                count = width * height
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self.width = width
        self.height = height
    }

    /// A part stretched to a size, as OpenCV's bilinear resize does.
    func stretched(_ box: PixelBox, width: Int, height: Int) throws -> GreyPicture {
        var failure: (any Error)?
        let result = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            do {
                try callVision {
                    cv_crop_grey(
                        pixels, Int32(self.width), Int32(self.height), Int32(box.left), Int32(box.top), Int32(box.right), Int32(box.bottom),
                        target.baseAddress, Int32(width), Int32(height), $0, $1)
                }
                count = width * height
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return GreyPicture(width: width, height: height, pixels: result)
    }
}
