/// One person's looks in words.
///
///     CharacterDescription(handle: asha, features: features).text
///     // "@asha: adult woman; fair skin with a warm undertone; black wavy hair (long), braid; brown eyes; oval face"
///
/// Only words of the vocabulary get in. What isn't known is left out, or drawn with a default.
public struct CharacterDescription: Sendable, Equatable {
    public let handle: Handle
    /// Without the handle, in the order in which they are told.
    public let parts: [String]
    /// What tells people apart, and the least of that.
    private let core: [String]
    private let least: [String]
    let isDressed: Bool

    public init(handle: Handle, features: FaceFeatures) {
        self.handle = handle
        let looks = Looks(features)
        parts = looks.all
        core = looks.core
        least = [looks.person, looks.shortHair]
        isDressed = looks.clothing != nil
    }

    public var text: String { "\(handle): \(parts.joined(separator: "; "))" }

    /// For prompts with little room.
    public var shortText: String { "\(handle): \(core.joined(separator: ", "))" }

    /// For crowds in prompts with little room.
    var briefText: String { "\(handle): \(least.joined(separator: ", "))" }
}
