/// One text of a request, and where it came from.
public struct PolicyText: Sendable, Equatable, Codable {
    /// The field a text came from; refusals and the audit name it instead of the text.
    public enum Origin: String, Sendable, Codable, CaseIterable {
        case message
        case history
        case handle
        /// A value of a person's features.
        case feature
        case style
        /// What the language model wrote for the image model.
        case prompt
        case caption
        case other
    }

    public var text: String
    public var origin: Origin

    public init(_ text: String, origin: Origin = .message) {
        self.text = text
        self.origin = origin
    }
}
