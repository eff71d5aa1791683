/// The memory a model will take, judged from its files before it is loaded.
public struct MemoryEstimate: Sendable, Equatable {
    /// Bytes of the weights.
    public var weights: Int
    /// Bytes of the attention cache for all requests worked on at once.
    public var cache: Int

    /// Engines need some for themselves: code, buffers, the vocabulary.
    public static let overhead = 128 << 20

    public var total: Int { Self.sum(Self.sum(weights, cache), Self.overhead) }

    /// - Parameters:
    ///   - fileBytes: bytes of the files; where a header declares more, that counts.
    ///   - contextTokens: over all requests at once.
    public init(facts: ModelFacts?, fileBytes: Int64, contextTokens: Int) {
        weights = Int(clamping: max(fileBytes, facts?.weightBytes ?? 0))
        let (bytes, overflow) = Int(clamping: facts?.cacheBytesPerToken ?? 0).multipliedReportingOverflow(by: contextTokens)
        cache = overflow ? .max : bytes
    }

    private static func sum(_ first: Int, _ second: Int) -> Int {
        let (value, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : value
    }
}
