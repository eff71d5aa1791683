import Foundation
import Foundations
import Media

/// Files that pictures are given out in.
public enum PictureFormat: String, Sendable, CaseIterable {
    case png, jpeg, webp

    public var contentType: String { "image/\(rawValue)" }
}

/// Pictures that somebody wants.
public struct PictureRequest: Sendable, Equatable {
    public var prompt: String
    /// What should not be seen.
    public var negativePrompt: String?
    /// `nil`: the default.
    public var model: String?
    public var size: PixelSize
    public var count: Int
    /// Of the first picture, further ones count up from it; `nil`: chosen at random, and told.
    public var seed: UInt32?
    public var steps: Int?
    public var guidance: Double?
    public var format: PictureFormat
    /// 1 (small) to 100 (best), of JPEG and WebP.
    public var quality: Int

    public init(
        prompt: String, negativePrompt: String? = nil, model: String? = nil, size: PixelSize, count: Int = 1, seed: UInt32? = nil,
        steps: Int? = nil, guidance: Double? = nil, format: PictureFormat = .png, quality: Int = 90
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.model = model
        self.size = size
        self.count = count
        self.seed = seed
        self.steps = steps
        self.guidance = guidance
        self.format = format
        self.quality = quality
    }
}

/// A picture as it is given out.
public struct Picture: Sendable, Equatable {
    public var file: Data
    public var format: PictureFormat
    public var size: PixelSize
    public var seed: UInt32
    /// The words that the engine says it used instead.
    public var revisedPrompt: String?
    /// Whether parts of it were made unrecognisable.
    public var isCovered: Bool
}

/// Pictures of one request.
public struct PictureSet: Sendable, Equatable {
    public var pictures: [Picture]
    /// The model that made them.
    public var model: String
    /// What the policy said of the words.
    public var verdict: PolicyVerdict
}
