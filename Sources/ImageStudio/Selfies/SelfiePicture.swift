import Engines
import Foundation
import Foundations
import Media

/// A selfie as pixels: upright, and no larger than needed.
package struct SelfiePicture: Sendable {
    package let image: RGBImage
    /// Of the picture that was sent, upright.
    package let sentSize: PixelSize

    /// A smaller file is no photo.
    private static let fewestBytes = 1024
    /// Of the longest side.
    private static let mostPixels = 1024
    private static let workers = WorkerThreads(name: "selfies", width: 2)

    /// Decodes a file: turned and mirrored as its EXIF orientation says, shrunk to 1024 pixels on its longest side.
    /// - Throws: `SelfieError.invalidImage`; `MediaError.limitExceeded`, `.stalled`, `.engineFailed`; `CancellationError`.
    package init(decoding file: Data, limits: MediaLimits) async throws {
        guard file.count >= Self.fewestBytes else { throw SelfieError.invalidImage }
        let decoded: RGBImage
        do {
            decoded = try await ImageCodec.decode(file, limits: limits)
        } catch let error as MediaError {
            switch error {
            case .limitExceeded, .stalled, .engineFailed: throw error
            default: throw SelfieError.invalidImage
            }
        }
        sentSize = decoded.size
        let size = decoded.size.fitted(side: Self.mostPixels)
        image = size == decoded.size ? decoded : try await Self.workers.run { StillImageResize.resize(decoded, to: size) }
    }

    /// Measures a part of the picture, on a thread that may compute long.
    /// - Parameter crop: `nil`: the whole picture.
    package func quality(of crop: FaceCrop?) async throws -> SelfieQuality {
        try await Self.workers.run { [image] in try SelfieQuality(of: crop.map { image.cropped(to: $0) } ?? image) }
    }

    /// A part of the picture as a JPEG file that holds pixels and nothing else of the file that was sent.
    package func jpeg(of crop: FaceCrop) async throws -> Data {
        try await ImageCodec.jpeg(image.cropped(to: crop), quality: 92)
    }

    /// A rectangle of `image` in pixels of the picture that was sent.
    package func sent(_ box: PixelRect) -> PixelRect {
        let (x, y) = (Double(sentSize.width) / Double(image.width), Double(sentSize.height) / Double(image.height))
        return PixelRect(x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y)
    }
}
