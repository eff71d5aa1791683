import Foundation
import Media

/// One picture to be made.
public struct ImageRequest: Sendable, Equatable {
    public var prompt: String
    /// What should not be seen; models that work without guidance pass over it.
    public var negativePrompt: String?
    public var size: PixelSize
    /// The same seed, words and settings make the same picture.
    public var seed: UInt32
    /// Steps of the sampler; `nil`: the engine's own.
    public var steps: Int?
    /// How closely the words are followed (classifier-free guidance, arXiv:2207.12598); `nil`: the engine's own.
    public var guidance: Double?

    public init(
        prompt: String, negativePrompt: String? = nil, size: PixelSize, seed: UInt32, steps: Int? = nil, guidance: Double? = nil
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.size = size
        self.seed = seed
        self.steps = steps
        self.guidance = guidance
    }
}

/// A picture as an engine gave it.
public struct GeneratedImage: Sendable, Equatable {
    /// A PNG, JPEG or WebP file.
    public var file: Data
    /// The words that the engine says it used instead.
    public var revisedPrompt: String?

    public init(file: Data, revisedPrompt: String? = nil) {
        self.file = file
        self.revisedPrompt = revisedPrompt
    }
}
