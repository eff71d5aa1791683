/// Decides over the readings of one request.
struct PolicyAssessment {
    typealias Reading = (origin: PolicyText.Origin, reading: PolicyReading)

    private let readings: [Reading]
    private let subjects: [PolicySubject]
    private let profile: PolicyProfile
    private let softens: Bool
    private var soft: Set<PolicySignal> = []

    init(_ readings: [Reading], subjects: [PolicySubject], profile: PolicyProfile, softens: Bool) {
        self.readings = readings
        self.subjects = subjects
        self.profile = profile
        self.softens = softens
        for (_, reading) in readings { soft.formUnion(reading.soft) }
        // What is only revealing on adults is suggestive beside a minor.
        if soft.isEmpty, hasMinor, readings.contains(where: \.reading.isRevealing) { soft.insert(.suggestive) }
    }

    func verdict() -> PolicyVerdict {
        let hard = hardCategories
        if !hard.isEmpty {
            return PolicyVerdict(decision: .blocked, categories: hard, origins: origins { !$0.hard.isEmpty || isInvolved($0) })
        }
        let categories = softCategories
        let origins = origins { !$0.soft.isEmpty || $0.isDeepfake || ($0.isRevealing && hasMinor) }
        let isReal = subjects.contains(where: \.isRealPerson) || readings.contains(where: \.reading.hasRealPerson)
        let isSerious = !soft.isDisjoint(with: [.act, .sexual, .nudity])
        if readings.contains(where: \.reading.isDeepfake) || (isReal && isSerious) {
            return PolicyVerdict(decision: .blocked, categories: categories.union([.likeness]), origins: origins)
        }
        if soft.isEmpty {
            guard profile == .moderated, softens, readings.contains(where: \.reading.hasNegated) else {
                return PolicyVerdict(decision: .allowed)
            }
            // Image models overhear negations: "no nudity" is safer said the other way round too.
            return PolicyVerdict(decision: .softened, categories: [.nudity], origins: self.origins(\.hasNegated))
        }
        if profile == .adult, !isReal { return PolicyVerdict(decision: .allowed, categories: categories, origins: origins) }
        let isRefused = !softens || soft.contains(.act)
        return PolicyVerdict(decision: isRefused ? .blocked : .softened, categories: categories, origins: origins)
    }

    private var hasMinor: Bool {
        readings.contains { $0.reading.hasMinor || ($0.origin == .feature && $0.reading.hasYouth) }
            || subjects.contains { $0.age == .young }
    }

    private var hardCategories: Set<PolicyCategory> {
        var categories: Set<PolicyCategory> = []
        for (_, reading) in readings { categories.formUnion(reading.hard) }
        if readings.contains(where: \.reading.isProtective), !soft.isEmpty { categories.insert(.sexualViolence) }
        // The youth words of one text can be about the people of another.
        let hasYouth = readings.contains(where: \.reading.hasYouth)
        let isSexual = soft != [.suggestive] && !soft.isEmpty
        let isDressed = !readings.contains { !$0.reading.soft.isEmpty }
        if !soft.isEmpty, hasMinor, !(isDressed && profile == .moderated) { categories.insert(.minors) }
        if isSexual, hasYouth { categories.insert(.minors) }
        if profile == .adult, !soft.isEmpty, !everyoneIsAdult { categories.insert(.minors) }
        return categories
    }

    private var everyoneIsAdult: Bool {
        if !subjects.isEmpty { return subjects.allSatisfy { $0.age == .adult } }
        return readings.contains(where: \.reading.hasAdult) && !readings.contains(where: \.reading.hasYouth)
    }

    private var softCategories: Set<PolicyCategory> {
        var categories: Set<PolicyCategory> = []
        if soft.contains(.act) || soft.contains(.sexual) { categories.insert(.explicit) }
        if soft.contains(.nudity) { categories.insert(.nudity) }
        if soft.contains(.suggestive) { categories.insert(.suggestive) }
        return categories
    }

    /// Whether a text has a share in a block that takes several.
    private func isInvolved(_ reading: PolicyReading) -> Bool {
        !reading.soft.isEmpty || reading.isProtective || reading.hasMinor || reading.hasYouth || (reading.isRevealing && hasMinor)
    }

    private func origins(_ isHit: (PolicyReading) -> Bool) -> Set<PolicyText.Origin> {
        Set(readings.filter { isHit($0.reading) }.map(\.origin))
    }
}
