/// One text to embed.
public enum EmbeddingInput: Sendable, Equatable {
    case text(String)
    /// Tokens of the model's own vocabulary, without the ones that mark beginning and end.
    case tokens([Int])
}

/// The vectors of one request.
public struct EmbeddingBatch: Sendable, Equatable {
    /// In the inputs' order.
    public var vectors: [[Float]]
    /// Tokens read, those that mark beginning and end included.
    public var promptTokens: Int

    public init(vectors: [[Float]], promptTokens: Int) {
        self.vectors = vectors
        self.promptTokens = promptTokens
    }
}

/// Why texts can't be embedded.
public enum EmbeddingError: Error, Sendable, Equatable {
    case tooManyTokens(input: Int, limit: Int)
    case tooManyTokensTogether(limit: Int)
    case unknownToken(input: Int)
    case tooManyDimensions(limit: Int)
}
