import ImageStudio

/// People and requests that the tests of prompts share.
enum PromptSamples {
    static func handle(_ name: String) throws -> Handle { try Handle(name) }

    static let asha = FaceFeatures([
        .gender: "female", .ageAppearance: "adult", .skinTone: "wheatish", .hairColor: "black", .hairType: "wavy", .hairLength: "long",
        .faceShape: "heart_inverted_triangle", .dressColor: "blue", .dressType: "kurta",
    ])
    static let ben = FaceFeatures([
        .gender: "male", .ageAppearance: "young", .hairColor: "red", .hairLength: "short", .beardStyle: "full-beard",
        .glassesPresent: "yes",
        .glassesType: "sunglasses",
    ])

    static func request(
        _ text: String, mode: PromptRequest.Mode = .oneToOne, style: ImageStyle = .standard, history: [String] = [],
        mood: PromptMood = PromptMood()
    ) throws -> PromptRequest {
        let (a, b) = (try handle("asha"), try handle("ben"))
        return PromptRequest(
            mode: mode, style: style,
            participants: [PromptParticipant(handle: a, features: asha), PromptParticipant(handle: b, features: ben)],
            target: PromptMessage(sender: a, text: text), history: history.map { PromptMessage(sender: b, text: $0, timestamp: "12:30") },
            receiver: b, mood: mood)
    }
}
