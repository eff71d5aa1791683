/// What an operator lets a route produce beyond the hard floor, which no profile lifts.
public enum PolicyProfile: String, Sendable, Codable {
    /// Soft sexual content isn't produced: it is softened where the route can, and refused otherwise.
    case moderated
    /// Soft sexual content is allowed, when everyone in the picture is known to be adult and nobody is a real person.
    case adult
}
