/// What the composer makes out of a request's words.
struct SceneReading {
    let feeling: Feeling
    /// Nothing says what the mood is: faces look as people's own features have them.
    let isFeelingKnown: Bool
    let place: ScenePlace
    let isPlaceKnown: Bool
    /// Where the chat's earlier messages played.
    let earlierPlace: ScenePlace?
    let action: SceneAction?
    let light: String
    /// The message in at most 25 words, without emoji. Empty: it has no words.
    let text: String

    private static let longestText = 25

    init(_ request: PromptRequest) {
        let target = CueText(request.targetText)
        // The newest message that says something counts.
        let history = request.recentHistory.reversed().map { CueText($0.text) }
        func earlier<Cue>(_ find: (CueText) -> Cue?) -> Cue? { history.lazy.compactMap(find).first }

        earlierPlace = earlier(ScenePlace.found)
        let known = ScenePlace.found(in: target) ?? earlierPlace
        let isPublic = request.mode == .shorts || request.mode == .scenes
        place = known ?? (isPublic ? .outside : .anywhere)
        isPlaceKnown = known != nil
        action = SceneAction.found(in: target)
        light = SceneLight.found(in: target) ?? earlier(SceneLight.found) ?? place.light
        let felt = Feeling.found(in: target) ?? Feeling(request.mood) ?? earlier(Feeling.found)
        feeling = felt ?? .calm
        isFeelingKnown = felt != nil
        text = PromptText.firstWords(Self.longestText, of: PromptText.withoutPictures(request.targetText))
    }
}
