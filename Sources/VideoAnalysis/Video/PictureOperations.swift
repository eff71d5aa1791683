import CVision
import Engines
import Foundation
import Media

/// Picture work that OpenCV does for us.
enum PictureOperations {
    /// The picture shrunk so that its longer side is at most `longSide`; as it is when it is small enough.
    static func shrunk(_ image: RGBImage, longSide: Int) throws -> RGBImage {
        let size = image.size.fitted(side: longSide)
        return try resized(image, width: size.width, height: size.height)
    }

    static func resized(_ image: RGBImage, width: Int, height: Int) throws -> RGBImage {
        guard width != image.width || height != image.height else { return image }
        var message = [CChar](repeating: 0, count: 256)
        var status: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            status = cv_resize_rgb(
                image.pixels, Int32(image.width), Int32(image.height), target.baseAddress, Int32(width), Int32(height),
                &message, message.count)
            count = width * height * 3
        }
        guard status == Int32(CV_OK) else { throw VideoQuestionError.pictureFailed }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    static func grey(_ image: RGBImage) throws -> GreyImage {
        guard let levels = try? image.greyLevels() else { throw VideoQuestionError.pictureFailed }
        return GreyImage(width: image.width, height: image.height, pixels: levels)
    }

    /// The motion of the content from one frame to the next of the same size.
    static func motion(from previous: GreyImage, at from: Double, to next: GreyImage, at to: Double) throws -> CameraStep {
        var motion = CvMotion()
        var message = [CChar](repeating: 0, count: 256)
        let status = cv_global_motion(
            previous.pixels, next.pixels, Int32(next.width), Int32(next.height), &motion, &message, message.count)
        guard status == Int32(CV_OK) else { throw VideoQuestionError.pictureFailed }
        let isReliable = motion.tracked >= 8 && motion.inlier_fraction >= 0.4 && motion.scale > 0
        return CameraStep(
            from: from, to: to, dx: motion.dx / Double(next.width), dy: motion.dy / Double(next.height),
            growth: isReliable ? log(motion.scale) : 0, isReliable: isReliable)
    }
}

/// Luma of a picture, one byte a pixel, rows from the top.
struct GreyImage: Sendable {
    let width: Int
    let height: Int
    let pixels: [UInt8]
}
