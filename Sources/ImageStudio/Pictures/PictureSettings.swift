import Foundations
import Media

/// Files that pictures are given out in.
public enum PictureFormat: String, Sendable, Codable, CaseIterable {
    case png, jpeg, webp

    public var contentType: String { "image/\(rawValue)" }
}

/// How pictures are made and written, whatever they show.
public struct PictureSettings: Sendable, Equatable, Codable {
    /// `nil`: the default.
    public var model: String?
    public var size: PixelSize
    public var count: Int
    /// Of the first picture, further ones count up from it; `nil`: chosen at random, and told.
    public var seed: UInt32?
    /// `nil`: the engine's own.
    public var steps: Int?
    public var guidance: Double?
    public var format: PictureFormat
    /// 1 (small) to 100 (best), of JPEG and WebP.
    public var quality: Int

    public init(
        model: String? = nil, size: PixelSize, count: Int = 1, seed: UInt32? = nil, steps: Int? = nil, guidance: Double? = nil,
        format: PictureFormat = .png, quality: Int = 90
    ) {
        self.model = model
        self.size = size
        self.count = count
        self.seed = seed
        self.steps = steps
        self.guidance = guidance
        self.format = format
        self.quality = quality
    }

    /// The settings that a route has without any wishes.
    public init(_ kind: ImagesConfiguration.Kind) {
        self.init(model: kind.model, size: PixelSize(width: kind.width, height: kind.height), steps: kind.steps)
    }
}
