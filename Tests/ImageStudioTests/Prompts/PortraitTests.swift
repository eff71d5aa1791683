import ImageStudio
import Testing

@Suite struct PortraitTests {
    private func portrait(_ values: [FaceFeature: String]) -> ComposedPrompt { PromptComposer().portrait(of: FaceFeatures(values)) }

    private static let full: [FaceFeature: String] = [
        .gender: "male", .hairColor: "red", .hairLength: "short", .eyeColor: "green", .faceShape: "square", .jawlineDefinition: "sharp",
        .beardStyle: "none",
        .facialMarks: "scar", .facialMarkPosition: "chin",
    ]

    @Test func itShowsOnePersonInFrontOfNothing() {
        let prompt = portrait([:]).prompt
        #expect(prompt.contains("exactly one person, an adult person, alone, facing the camera, centred"))
        #expect(
            prompt.contains("Waist-up portrait") && prompt.contains("Plain light grey background") && prompt.contains("Polished 3D cartoon")
        )
        #expect(!prompt.contains("@"))
        #expect(PromptComposer().portrait(of: FaceFeatures(), style: .realistic).prompt.hasPrefix("Realistic photograph"))
    }

    @Test(
        arguments: [
            ([:], ["red natural hair (short)", "green eyes", "square face", "clean-shaven", "scar on the chin"], []),
            ([.hatPresent: "yes", .hatStyle: "beanie"], ["green eyes", "square face", "beanie"], ["hair"]),
            ([.glassesPresent: "yes", .glassesType: "aviators"], ["red natural hair", "aviators"], ["eyes (", "green"]),
            ([.glassesPresent: "yes", .glassesType: "round-glasses"], ["green eyes", "round glasses"], []),
            (
                [.maskPresent: "yes", .maskType: "surgical"], ["green eyes", "surgical face mask"], ["square", "jawline", "shaven", "scar"]
            ),
        ] as [([FaceFeature: String], [String], [String])])
    func whatIsHiddenIsNotAskedFor(changes: [FaceFeature: String], present: [String], absent: [String]) throws {
        let prompt = portrait(Self.full.merging(changes) { $1 })
        let must = try #require(prompt.sections.first { $0.kind == .characters }).text
        for word in present { #expect(must.contains(word), "\(word)") }
        for word in absent { #expect(!must.contains(word), "\(word)") }
    }

    @Test(
        arguments: [
            ([.gender: "male"], false), ([.gender: "male", .beardStyle: "none"], true), ([.gender: "male", .facialHair: "none"], true),
            ([.gender: "male", .beardStyle: "none", .mustacheStyle: "mustache"], false), ([.gender: "female", .beardStyle: "none"], false),
            ([.gender: "male", .beardStyle: "none", .maskPresent: "yes"], false),
        ] as [([FaceFeature: String], Bool)])
    func shavenOnlyWhenSomebodySaidSo(values: [FaceFeature: String], isShaven: Bool) {
        #expect(portrait(values).prompt.contains("clean-shaven") == isShaven)
    }

    @Test func womenGetNoBeards() {
        #expect(portrait([.gender: "female"]).negative.contains("beard"))
        #expect(!portrait([.gender: "male"]).negative.contains("beard"))
        #expect(!portrait([.gender: "female", .beardStyle: "goatee"]).prompt.contains("goatee"))
    }

    @Test func aRequestForAProfileIsAPortrait() throws {
        let request = try PromptSamples.request("", mode: .profile)
        #expect(PromptComposer().compose(request).prompt == PromptComposer().portrait(of: PromptSamples.asha).prompt)
    }
}
