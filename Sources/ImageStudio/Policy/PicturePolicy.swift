import Engines

/// What the policy says of a finished picture.
public struct PictureVerdict: Sendable, Equatable {
    public enum Decision: String, Sendable, Codable {
        case allowed
        /// Fine once `boxes` are covered.
        case covered
        case blocked
    }

    public var decision: Decision
    /// In the order of `PolicyCategory`.
    public var categories: [PolicyCategory]
    /// What to cover, widened by a margin.
    public var boxes: [PixelRect]

    /// Whether such a picture leaves no route under any profile.
    public var isHard: Bool { decision == .blocked && categories.contains(where: \.isHard) }

    /// `nil`: nothing is refused.
    public var code: PolicyVerdict.Code? {
        guard decision == .blocked else { return nil }
        return isHard ? .hardBlock : .contentBlocked
    }

    /// A sentence for the user.
    public var message: String {
        let names = categories.map(\.description).joined(separator: ", ")
        switch decision {
        case .allowed: return "The picture is fine."
        case .covered: return "Parts of the picture were covered: \(names) isn't shown here."
        case .blocked: return "The picture was withheld: the image model drew \(names)."
        }
    }

    init(decision: Decision, categories: Set<PolicyCategory> = [], boxes: [PixelRect] = []) {
        self.decision = decision
        self.categories = PolicyCategory.allCases.filter(categories.contains)
        self.boxes = boxes
    }
}

/// Judges a finished picture by what a detector found in it: the image model may draw what no text asked for.
public struct PicturePolicy: Sendable {
    /// The least score at which exposed genitals count.
    public var genitalsScore = 0.3
    /// The least score at which exposed breasts and buttocks count.
    public var nudityScore = 0.4
    /// The least score of either where someone isn't known to be an adult: a doubt there counts.
    public var strictScore = 0.2

    public init() {}

    /// - Parameters:
    ///   - subjects: the people in the picture. Empty: nobody's age is known.
    ///   - covers: whether the caller can cover boxes; without it, nudity is refused under the moderated profile.
    public func review(
        _ findings: [PictureFinding], subjects: [PolicySubject], profile: PolicyProfile, covers: Bool
    ) -> PictureVerdict {
        let isEveryoneAdult = !subjects.isEmpty && subjects.allSatisfy { $0.age == .adult }
        let isYoung = subjects.contains { $0.age == .young }
        let isStrict = isYoung || (profile == .adult && !isEveryoneAdult)
        var categories: Set<PolicyCategory> = []
        var boxes: [PixelRect] = []
        for finding in findings {
            guard let category = category(of: finding.label) else { continue }
            let least = isStrict ? strictScore : category == .explicit ? genitalsScore : nudityScore
            // A score that is no number is a doubt too.
            guard !(finding.score < least) else { continue }
            categories.insert(category)
            boxes.append(Self.widened(finding.box))
        }
        guard !categories.isEmpty else { return PictureVerdict(decision: .allowed) }
        if isStrict { return PictureVerdict(decision: .blocked, categories: [.minors]) }
        if profile == .adult {
            guard subjects.contains(where: \.isRealPerson) else { return PictureVerdict(decision: .allowed, categories: categories) }
            return PictureVerdict(decision: .blocked, categories: categories.union([.likeness]))
        }
        if covers, !categories.contains(.explicit) { return PictureVerdict(decision: .covered, categories: categories, boxes: boxes) }
        return PictureVerdict(decision: .blocked, categories: categories)
    }

    private func category(of label: PictureFinding.Label) -> PolicyCategory? {
        switch label {
        case .femaleGenitaliaExposed, .maleGenitaliaExposed, .anusExposed: .explicit
        case .femaleBreastExposed, .buttocksExposed: .nudity
        default: nil
        }
    }

    /// Boxes may reach beyond the picture.
    private static func widened(_ box: PixelRect) -> PixelRect {
        let margin = 0.1
        return PixelRect(
            x: box.x - box.width * margin, y: box.y - box.height * margin, width: box.width * (1 + 2 * margin), height: box.height * (1 + 2 * margin))
    }
}
