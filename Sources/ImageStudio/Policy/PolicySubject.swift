/// What is known of one person in the picture, from features or from the text.
public struct PolicySubject: Sendable, Equatable {
    public enum Age: String, Sendable, Codable {
        case adult
        case young
        case unknown
    }

    public var age: Age
    /// Whether the picture shows the likeness of someone who exists, such as the owner of a stored selfie.
    public var isRealPerson: Bool

    public init(age: Age, isRealPerson: Bool = false) {
        self.age = age
        self.isRealPerson = isRealPerson
    }
}
