import Engines

/// What a selfie shows.
public struct SelfieAnalysis: Sendable, Equatable {
    /// Words of the vocabulary only. `meta` tells how the picture was to read.
    public let features: FaceFeatures
    /// What a better selfie would need. Empty: nothing was found wanting.
    public let tips: [SelfieTip]
    /// All faces, the largest first, in pixels of the picture that was sent, seen upright. A face's place in it is its index.
    public let faces: [PixelRect]
}
