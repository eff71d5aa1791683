import Foundation
import Foundations
import Media

/// Pictures that somebody wants.
public struct PictureRequest: Sendable, Equatable {
    public var prompt: String
    /// What should not be seen.
    public var negativePrompt: String?
    public var settings: PictureSettings
    /// What the policy reads: everything that reaches the engine, and what it was made of.
    public var words: [PolicyText]
    /// The people in the picture. Empty: what the words say of them counts.
    public var subjects: [PolicySubject]
    public var profile: PolicyProfile

    /// - Parameter words: `nil`: the prompts themselves, written by the person who wants the picture.
    public init(
        prompt: String, negativePrompt: String? = nil, settings: PictureSettings, words: [PolicyText]? = nil, subjects: [PolicySubject] = [],
        profile: PolicyProfile = .moderated
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.settings = settings
        self.words = words ?? [PolicyText(prompt)] + (negativePrompt.map { [PolicyText($0, origin: .other)] } ?? [])
        self.subjects = subjects
        self.profile = profile
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

    public init(file: Data, format: PictureFormat, size: PixelSize, seed: UInt32, revisedPrompt: String?, isCovered: Bool) {
        self.file = file
        self.format = format
        self.size = size
        self.seed = seed
        self.revisedPrompt = revisedPrompt
        self.isCovered = isCovered
    }
}

/// Pictures of one request.
public struct PictureSet: Sendable, Equatable {
    public var pictures: [Picture]
    /// The model that made them.
    public var model: String
    /// What the policy said of the words.
    public var verdict: PolicyVerdict
}
