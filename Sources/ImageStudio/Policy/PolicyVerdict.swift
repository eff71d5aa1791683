/// What the policy says of a request. It holds neither the text nor the words that were found, so that it can be kept.
public struct PolicyVerdict: Sendable, Equatable {
    public enum Decision: String, Sendable, Codable {
        case allowed
        /// Allowed with `ImagePolicy.safetySentence` appended to the prompt.
        case softened
        case blocked
    }

    /// Why a request was refused or softened, for programs.
    public enum Code: String, Sendable, Codable {
        /// The floor that no configuration lifts.
        case hardBlock = "HARD_BLOCK"
        /// Refused by the route's profile.
        case contentBlocked = "CONTENT_BLOCKED"
        case contentSoftened = "CONTENT_SOFTENED"
    }

    public var decision: Decision
    /// What was found, in the order of `PolicyCategory`. An allowed text of the adult profile has categories too.
    public var categories: [PolicyCategory]
    /// The fields it was found in, in the order of `PolicyText.Origin`.
    public var origins: [PolicyText.Origin]

    /// Whether this is refused on every route and under every profile.
    public var isHard: Bool { decision == .blocked && categories.contains(where: \.isHard) }

    /// `nil`: allowed.
    public var code: Code? {
        switch decision {
        case .allowed: nil
        case .softened: .contentSoftened
        case .blocked: isHard ? .hardBlock : .contentBlocked
        }
    }

    /// A sentence for the user: names the category, never repeats the text.
    public var message: String {
        switch decision {
        case .allowed: return "The request is fine."
        case .softened: return "The picture will be tasteful and fully clothed: \(named(categories)) isn't produced here."
        case .blocked:
            let hard = categories.filter(\.isHard)
            guard hard.isEmpty else { return "The request was refused: \(named(hard)) is never produced." }
            return "The request was refused: \(named(categories)) isn't produced here."
        }
    }

    init(decision: Decision, categories: Set<PolicyCategory> = [], origins: Set<PolicyText.Origin> = []) {
        self.decision = decision
        self.categories = PolicyCategory.allCases.filter(categories.contains)
        self.origins = PolicyText.Origin.allCases.filter(origins.contains)
    }

    private func named(_ categories: [PolicyCategory]) -> String {
        categories.map(\.description).joined(separator: ", ")
    }
}
