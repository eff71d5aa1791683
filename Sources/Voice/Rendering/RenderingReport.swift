/// What a platform would make of a message.
public struct RenderingReport: Sendable, Equatable, Codable {
    /// Whether the platform takes it and shows no broken markup.
    public var valid: Bool
    /// What keeps it from being valid.
    public var errors: [String]
    /// What may look different from what was meant.
    public var warnings: [String]
    /// In the units that the platform counts in, as `ChatMarkup.limit`.
    public var length: Int
    public var limit: Int

    public init(valid: Bool, errors: [String], warnings: [String], length: Int, limit: Int) {
        self.valid = valid
        self.errors = errors
        self.warnings = warnings
        self.length = length
        self.limit = limit
    }
}
