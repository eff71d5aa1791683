import Foundation

/// Writes prompts without a model: always the same one for the same request.
///
///     let composed = PromptComposer().compose(request)
///     composed.prompt     // "Polished 3D cartoon render, … Two people, @asha and @ben, sharing food …"
///     composed.caption    // "I can't stop laughing with you at our table, my cheeks really hurt"
///
/// It looks for words and emoji that name a place, something people do, a light and a feeling, and describes those in full. What a
/// text doesn't say comes from the mood, from the messages before, and in the end from defaults.
public struct PromptComposer: Sendable {
    /// Words of a prompt.
    public let longestPrompt: Int
    /// Words of a bundle's last line.
    public let longestBundlePrompt: Int

    public init(longestPrompt: Int = 260, longestBundlePrompt: Int = 90) {
        self.longestPrompt = max(20, longestPrompt)
        self.longestBundlePrompt = max(20, longestBundlePrompt)
    }

    public func compose(_ request: PromptRequest) -> ComposedPrompt {
        if request.mode == .profile {
            let features = request.cast.first?.features ?? FaceFeatures()
            return portrait(of: features, style: request.style, caption: caption(for: request))
        }
        let reading = SceneReading(request)
        let sections = sections(request, reading, budget: longestPrompt)
        return ComposedPrompt(
            prompt: sections.prompt, caption: caption(request, reading), sections: sections.sections,
            negative: NegativePrompt.text(for: request.mode, style: request.style))
    }

    /// Ten to fifteen words: to the other person in a chat of two, else what the picture feels like.
    public func caption(for request: PromptRequest) -> String { caption(request, SceneReading(request)) }

    /// The prompt in lines. Of the history only the place, the light and the feeling get in, never its words.
    public func bundle(_ request: PromptRequest) -> PromptBundle {
        let reading = SceneReading(request)
        let cast = request.cast
        return PromptBundle(
            styleLine: request.style.template,
            identityLine: cast.map { CharacterDescription(handle: $0.handle, features: $0.features).text }.joined(separator: " | "),
            chatMoodLine: moodLine(request, reading),
            sceneLine: scene(cast, reading),
            poseExpressionLine: cast.map { "\($0.handle): \(pose($0, request, cast, reading))" }.joined(separator: " | "),
            envFrameLine: "\(reading.place.look), \(reading.light), \(Self.frame(cast.count))",
            negativeLine: NegativePrompt.text(for: request.mode, style: request.style),
            finalPrompt: sections(request, reading, budget: longestBundlePrompt).prompt)
    }

    private static func frame(_ people: Int) -> String {
        people == 0
            ? "balanced wide shot at eye level"
            : "medium shot at eye level, the characters fill 60 to 70 percent of the frame, natural adult proportions"
    }

    private func sections(_ request: PromptRequest, _ reading: SceneReading, budget: Int) -> PromptSections {
        let cast = request.cast
        let note = request.mode == .shorts || request.mode == .scenes ? " Everyone is fully clothed, everything is tasteful." : ""
        let described = cast.map { (person: $0, description: CharacterDescription(handle: $0.handle, features: $0.features)) }
        let full = described.map { person, description in
            "\(description.text); \(clothes(description, reading))\(pose(person, request, cast, reading))."
        }
        let short = described.map { person, description in
            "\(description.shortText), \(clothes(description, reading))\(expression(person, request, cast, reading))."
        }
        let people = cast.isEmpty ? "" : cast.count == 1 ? "exactly one person, " : "exactly \(Self.number(cast.count)) people, "
        let all = [
            PromptSection(kind: .style, text: request.style.template + "."),
            PromptSection(kind: .scene, text: scene(cast, reading)),
            PromptSection(kind: .characters, text: full.joined(separator: " ") + note),
            PromptSection(kind: .environment, text: "The setting is \(reading.place.look)."),
            PromptSection(kind: .lighting, text: "The light: \(reading.light)."),
            PromptSection(kind: .composition, text: "\(Self.frame(cast.count).capitalizedFirst), \(people)free of any lettering."),
        ]
        return PromptSections(
            all.filter { !cast.isEmpty || $0.kind != .characters },
            short: PromptSections.ShortTexts(
                characters: [
                    short.joined(separator: " ") + note, described.map { $0.description.briefText }.joined(separator: "; ") + "." + note,
                ],
                style: request.style.shortTemplate, environment: "The setting is \(reading.place.name).",
                composition: "\(cast.isEmpty ? "Wide shot" : "Medium shot, natural adult proportions"), \(people)free of any lettering."),
            budget: budget)
    }

    private func scene(_ cast: [PromptParticipant], _ reading: SceneReading) -> String {
        let action = reading.action?.look ?? (cast.count > 1 ? SceneAction.together : SceneAction.alone)
        let who: String
        switch cast.count {
        case 0: who = "A scene"
        case 1: who = "One person, \(cast[0].handle)"
        default:
            let names = cast.dropLast().map(\.handle.name).joined(separator: ", ")
            who = "\(Self.number(cast.count).capitalizedFirst) people, \(names) and \(cast[cast.count - 1].handle)"
        }
        let doing = cast.isEmpty ? "." : ", \(action)."
        return reading.text.isEmpty ? who + doing : "\(who)\(doing) The moment shown: \(Self.ended(reading.text))"
    }

    /// What people wear of whom the features don't say it: nobody is left without clothes.
    private func clothes(_ description: CharacterDescription, _ reading: SceneReading) -> String {
        description.isDressed ? "" : "wearing \(reading.place.clothes); "
    }

    private func pose(
        _ person: PromptParticipant, _ request: PromptRequest, _ cast: [PromptParticipant], _ reading: SceneReading
    ) -> String {
        let face = expression(person, request, cast, reading)
        guard isMain(person, request, cast) else { return cast.count > 1 ? "\(face), turned to the others" : face }
        return "\(face), \(reading.feeling.gesture)"
    }

    private func expression(
        _ person: PromptParticipant, _ request: PromptRequest, _ cast: [PromptParticipant], _ reading: SceneReading
    ) -> String {
        if !reading.isFeelingKnown, let own = Looks(person.features).expression { return own }
        return isMain(person, request, cast) ? reading.feeling.expression : reading.feeling.reaction
    }

    /// Whose message it is, else the first.
    private func isMain(_ person: PromptParticipant, _ request: PromptRequest, _ cast: [PromptParticipant]) -> Bool {
        let sender = cast.first { $0.handle == request.target.sender } ?? cast.first
        return person.handle == sender?.handle
    }

    private func moodLine(_ request: PromptRequest, _ reading: SceneReading) -> String {
        let strength = ["mildly", "clearly", "strongly"][request.mood.intensity]
        var line = "\(reading.feeling.adjective.capitalizedFirst) mood, \(strength) felt"
        if let earlier = reading.earlierPlace { line += ", in a chat that has just been about being \(earlier.short)" }
        if request.mood.pendingReply || request.mood.unrepliedCount > 0 { line += ", still waiting for an answer" }
        return line
    }

    private func caption(_ request: PromptRequest, _ reading: SceneReading) -> String {
        let captions = reading.feeling.captions(isPersonal: request.mode.isPersonal)
        let caption = StableChoice.of(captions, for: request.targetText) ?? ""
        return caption.replacingOccurrences(of: "{place}", with: reading.isPlaceKnown ? reading.place.short : ScenePlace.anywhere.short)
    }

    private static func number(_ count: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six"]
        return words.indices.contains(count) ? words[count] : String(count)
    }

    private static func ended(_ text: String) -> String {
        text.last.map { ".!?…。！？".contains($0) } ?? true ? text : text + "."
    }
}

/// What the composer has written.
public struct ComposedPrompt: Sendable, Equatable {
    public let prompt: String
    public let caption: String
    /// What the prompt is made of. What had no room is missing.
    public let sections: [PromptSection]
    /// For image models that honour it; distilled ones don't.
    public let negative: String
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
