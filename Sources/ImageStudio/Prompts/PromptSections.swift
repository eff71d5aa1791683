/// One part of a prompt.
public struct PromptSection: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case style, scene, characters, environment, lighting, composition
    }

    public let kind: Kind
    public let text: String
}

/// The parts of a prompt, made to fit.
struct PromptSections {
    private(set) var sections: [PromptSection]

    /// What may stand for a section when there is little room.
    struct ShortTexts {
        /// Shorter and shorter.
        var characters: [String] = []
        var style: String?
        var environment: String?
        var composition: String?
    }

    /// The sections in at most so many words: the light goes first, then details of everything, then the surroundings and the frame.
    /// Who does what stays longest.
    init(_ sections: [PromptSection], short: ShortTexts, budget: Int) {
        self.sections = sections
        let shortenings: [(PromptSection.Kind, String?)] = [
            (.characters, short.characters.first), (.style, short.style), (.environment, short.environment),
            (.composition, short.composition),
        ]
        let steps =
            [(.lighting, nil)] + shortenings.filter { $0.1 != nil } + [(.environment, nil), (.composition, nil)]
            + short.characters.dropFirst().map { (.characters, $0) }
        for (kind, text) in steps where PromptText.wordCount(prompt) > budget { replace(kind, text) }
        while PromptText.wordCount(prompt) > budget, let last = self.sections.last { cut(last, budget) }
    }

    var prompt: String { sections.map(\.text).joined(separator: " ") }

    private mutating func replace(_ kind: PromptSection.Kind, _ text: String?) {
        guard let place = sections.firstIndex(where: { $0.kind == kind }) else { return }
        if let text { sections[place] = PromptSection(kind: kind, text: text) } else { sections.remove(at: place) }
    }

    private mutating func cut(_ last: PromptSection, _ budget: Int) {
        let others = sections.dropLast()
        let room = budget - PromptText.wordCount(others.map(\.text).joined(separator: " "))
        sections = Array(others)
        if room > 0 { sections.append(PromptSection(kind: last.kind, text: PromptText.firstWords(room, of: last.text, mark: ""))) }
    }
}
