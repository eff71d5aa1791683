/// What a term of the lexicon says. Some refuse by themselves, most only together with others.
enum PolicySignal: UInt8, Sendable, CaseIterable {
    // Hard by themselves.
    case minorAbuse, sexualViolence, nonConsent, bestiality
    /// Undressing someone real, by its trade names.
    case deepfake

    // Sexual.
    /// Acts and pornography: refused by the moderated profile.
    case act
    /// Sexual words and anatomy: softened by the moderated profile.
    case sexual
    case nudity
    case suggestive
    /// Harmless with adults, suggestive with minors.
    case revealing

    // People.
    /// A minor.
    case minor
    /// Perhaps a minor: girl, boy, young, student.
    case youth
    /// An adult.
    case adult
    /// A word that makes a youth word next to it an adult: adult, college, a number from 18.
    case grown
    /// Someone who exists.
    case realPerson

    // Circumstances, hard with something sexual near them.
    case force, helpless, violence, animal

    // Readings.
    /// An everyday phrase that holds a term: "chicken breast".
    case everyday
    /// Speaks against sexual violence; counts only where the request has nothing sexual.
    case protective
    case negation
    /// Negation behind what it negates: "nudity is forbidden".
    case negationAfter
    /// Between a negation and what it negates.
    case bridge
    /// Makes a sexual word before it stronger instead of negated: "not naked enough".
    case emphasis
    /// Joins a sexual word into one word: "nudephoto".
    case companion

    var isSoft: Bool {
        switch self {
        case .act, .sexual, .nudity, .suggestive: true
        default: false
        }
    }

    var isHard: Bool {
        switch self {
        case .minorAbuse, .sexualViolence, .nonConsent, .bestiality: true
        default: false
        }
    }

    /// Whether a reader fills in the starred letters of such a word.
    var isMaskable: Bool { isHard || isSoft }
}
