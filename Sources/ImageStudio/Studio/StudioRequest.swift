import Foundations

/// What somebody wants to have made: kept as it is while it waits, also across a restart.
public struct StudioRequest: Sendable, Equatable, Codable {
    public enum Work: Sendable, Equatable, Codable {
        /// From somebody's own words.
        case words(prompt: String, negativePrompt: String?)
        /// Into a chat: the request's mode says which kind.
        case chat(PromptRequest)
        case portrait(FaceFeatures, ImageStyle)
    }

    public var work: Work
    public var settings: PictureSettings
    /// Everything that people wrote for it, as they wrote it: the policy reads it beside what becomes of it.
    public var sources: [PolicyText]
    public var profile: PolicyProfile

    public init(_ work: Work, settings: PictureSettings, sources: [PolicyText] = [], profile: PolicyProfile = .moderated) {
        self.work = work
        self.settings = settings
        self.sources = sources
        self.profile = profile
    }

    /// The people in the picture. Empty: nobody is described, and the words say who is there.
    var subjects: [PolicySubject] {
        switch work {
        case .words: []
        case .chat(let request): request.cast.map(\.subject)
        case .portrait(let features, _): [PolicySubject(features)]
        }
    }
}

extension PromptParticipant {
    var subject: PolicySubject {
        var subject = PolicySubject(features)
        if isRealPerson { subject.isRealPerson = true }
        return subject
    }
}

extension PolicySubject {
    /// A person with these looks. Whoever was seen in a picture exists.
    init(_ features: FaceFeatures) {
        let age: Age = features.isCertainlyAdult ? .adult : features.word(.ageAppearance) == "young" ? .young : .unknown
        self.init(age: age, isRealPerson: features.meta.faceDetected)
    }
}
