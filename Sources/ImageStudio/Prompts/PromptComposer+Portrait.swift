extension PromptComposer {
    /// The portrait of one person. What something hides isn't asked for: hair under a hat, eyes behind sunglasses, the face's shape
    /// under a mask.
    public func portrait(of features: FaceFeatures, style: ImageStyle = .standard) -> ComposedPrompt {
        let request = PromptRequest(mode: .profile, style: style, participants: [], target: PromptMessage(text: ""))
        return portrait(of: features, style: style, caption: caption(for: request))
    }

    func portrait(of features: FaceFeatures, style: ImageStyle, caption: String) -> ComposedPrompt {
        let looks = Looks(features)
        let must: [String?] = [
            looks.skin, features.hasHat ? nil : looks.hair, features.hasSunglasses ? nil : looks.eyes, features.hasMask ? nil : looks.face,
            looks.beard ?? (looks.isCleanShaven ? "clean-shaven" : nil), features.hasMask ? looks.marksAboveMask : looks.marks,
            looks.clothing ?? "plain casual top", looks.hat, looks.glasses, looks.mask,
        ]
        let expression = features.hasMask ? "calm eyes" : looks.expression ?? "slight smile"
        let sections = [
            PromptSection(kind: .style, text: style.template + "."),
            PromptSection(
                kind: .scene,
                text: "Waist-up portrait of exactly one person, \(looks.article) \(looks.person), alone, facing the camera, centred."),
            PromptSection(kind: .characters, text: "Must match: \(must.compactMap { $0 }.joined(separator: "; ")); \(expression)."),
            PromptSection(kind: .environment, text: "Plain light grey background."),
            PromptSection(kind: .lighting, text: "Soft even studio light."),
            PromptSection(
                kind: .composition,
                text: "Head and shoulders fill 60 to 70 percent of the frame, natural adult proportions, free of any lettering."),
        ]
        let fitting = PromptSections(sections, short: PromptSections.ShortTexts(style: style.shortTemplate), budget: longestPrompt)
        return ComposedPrompt(
            prompt: fitting.prompt, caption: caption, sections: fitting.sections,
            negative: NegativePrompt.text(for: .profile, style: style, isWoman: features.isFemale))
    }
}
