/// The content policy of image generation.
///
/// ```swift
/// let verdict = ImagePolicy().review([PolicyText("a portrait at the beach")], subjects: [], profile: .moderated, softens: true)
/// switch verdict.decision {
/// case .allowed: draw(prompt)
/// case .softened: draw(prompt + " " + ImagePolicy.safetySentence)
/// case .blocked: refuse(verdict.code, verdict.message)
/// }
/// ```
///
/// Sexual content with minors or people of unclear age, sexual violence, missing consent and animals are refused always; no profile and
/// no configuration lifts that. The same request always gets the same verdict, in time linear in the length of its texts.
public struct ImagePolicy: Sendable {
    /// What is appended to the prompt of a softened request.
    public static let safetySentence =
        "The depiction is tasteful and non-explicit: everyone is an adult, fully clothed, and shown from the waist up."

    private let lexicon = PolicyLexicon.shared

    public init() {}

    /// Reviews the texts of one request, each alone and all together: an age in one field and a sexual word in another meet.
    ///
    /// - Parameters:
    ///   - texts: everything that reaches the image model, and what it was made of.
    ///   - subjects: the people in the picture, as far as they are known. Empty: what the texts say of their age counts.
    ///   - softens: whether the route can append `safetySentence`; without it, soft content is refused under the moderated profile.
    public func review(_ texts: [PolicyText], subjects: [PolicySubject], profile: PolicyProfile, softens: Bool) -> PolicyVerdict {
        let readings = texts.map { (origin: $0.origin, reading: PolicyReading($0.text, lexicon: lexicon)) }
        return PolicyAssessment(readings, subjects: subjects, profile: profile, softens: softens).verdict()
    }

    /// The age that texts give the people they describe: young as soon as anyone may be a minor, adult when all words say so.
    public func statedAge(in texts: [PolicyText]) -> PolicySubject.Age {
        let readings = texts.map { PolicyReading($0.text, lexicon: lexicon) }
        if readings.contains(where: { $0.hasMinor || $0.hasYouth }) { return .young }
        return readings.contains(where: \.hasAdult) ? .adult : .unknown
    }
}
