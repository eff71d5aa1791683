import Foundations

extension GenerationOptions {
    /// The operator's defaults.
    public init(_ configuration: Configuration) {
        self.init()
        maxTokens = configuration.generation.maxTokens
        topP = configuration.generation.topP
        topK = configuration.generation.topK
    }
}
