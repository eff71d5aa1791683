/// What a text or a picture is refused or softened for.
public enum PolicyCategory: String, Sendable, CaseIterable, Codable {
    /// Anything sexual with minors, or with people whose age isn't clear.
    case minors
    case sexualViolence = "sexual_violence"
    case nonConsent = "non_consent"
    /// Sexual content with animals.
    case animals
    /// Sexual content with the likeness of a real person.
    case likeness
    /// Sexual acts, anatomy, pornography.
    case explicit
    case nudity
    case suggestive

    /// Whether this is refused on every route and under every profile.
    public var isHard: Bool {
        switch self {
        case .minors, .sexualViolence, .nonConsent, .animals: true
        case .likeness, .explicit, .nudity, .suggestive: false
        }
    }

    /// The words for it in a sentence to the user.
    var description: String {
        switch self {
        case .minors: "sexual content with minors or people of unclear age"
        case .sexualViolence: "sexual violence"
        case .nonConsent: "sexual content without consent"
        case .animals: "sexual content with animals"
        case .likeness: "sexual content with a real person's likeness"
        case .explicit: "explicit sexual content"
        case .nudity: "nudity"
        case .suggestive: "suggestive content"
        }
    }
}
