/// Pictures from words.
public struct ImagesConfiguration: Sendable, Equatable {
    /// The model that makes pictures when none is named; `nil`: the first pool or endpoint that does.
    public var model: String?
    /// Pictures of one request.
    public var maxCount = 4
    /// Pixels of the longer side.
    public var maxSide = 2048
    /// Steps of the sampler.
    public var maxSteps = 100
    /// Characters of a prompt.
    public var maxCharacters = 4000

    public init() {}
}

extension ConfigurationKey {
    static let imagesKeys: [ConfigurationKey] = [
        .optionalText("images.model", \.images.model, "Model that makes pictures when none is named."),
        .integer("images.max_count", \.images.maxCount, 1...16, "Pictures that one request may ask for."),
        .integer("images.max_side", \.images.maxSide, 64...4096, "Pixels that the longer side of a picture may have."),
        .integer("images.max_steps", \.images.maxSteps, 1...1000, "Steps that one picture may take."),
        .integer("images.max_characters", \.images.maxCharacters, 1...100_000, "Characters that a prompt may have."),
    ]
}
