import Foundation

/// Whether a tag is there, as a continuous-time Markov chain of two states that is seen through answers which may be wrong.
///
/// The probability of a change grows with the time between two looks, so that looks at any distances can be weighed together
/// (Norris, *Markov Chains*, 1997, section 2.1). The posterior comes from the forward-backward procedure (Rabiner, *A Tutorial on
/// Hidden Markov Models and Selected Applications in Speech Recognition*, 1989, section III).
package struct PresenceChain: Sendable {
    /// The share of time that the tag is there when nothing else is known.
    private let stationary: Double
    /// Changes of both kinds in a second.
    private let rate: Double
    private let leastEvidence: Double

    /// A score counts fully when its odds are about two and a half times those of the threshold. Without this, a tag that is
    /// always a little above its threshold would never outweigh the chain's reluctance to change.
    private static let sharpness = 4.0

    package init(settings: TagSearchSettings) {
        let settings = settings.bounded
        stationary = settings.meanPresence / (settings.meanPresence + settings.meanAbsence)
        rate = 1 / settings.meanPresence + 1 / settings.meanAbsence
        leastEvidence = log(settings.answerError / (1 - settings.answerError))
    }

    /// How much a score speaks for the tag: the logarithm of a likelihood ratio, 0 for the threshold itself and for no answer.
    package func evidence(score: Double?, threshold: Double) -> Double {
        guard let score else { return 0 }
        let difference = Self.logit(score, 0.001) - Self.logit(threshold, 0.01)
        return min(max(Self.sharpness * difference, leastEvidence), -leastEvidence)
    }

    private static func logit(_ probability: Double, _ margin: Double) -> Double {
        let bounded = min(max(probability, margin), 1 - margin)
        return log(bounded / (1 - bounded))
    }

    /// How much of the present is still known after some seconds, 1…0.
    package func memory(after seconds: Double) -> Double { exp(-rate * max(0, seconds)) }

    /// The probability that the tag is there at each look, given all of them.
    ///
    /// - Parameters:
    ///   - evidence: of each look, in order of time.
    ///   - memories: ``memory(after:)`` of the time between each look and the next; one fewer.
    package func posterior(evidence: [Double], memories: [Double]) -> [Double] {
        guard !evidence.isEmpty else { return [] }
        var posterior = evidence
        var present = stationary
        for index in evidence.indices {
            if index > 0 { present = stationary + (present - stationary) * memories[index - 1] }
            let ratio = exp(evidence[index])
            present = present * ratio / (present * ratio + 1 - present)
            posterior[index] = present
        }
        var (ifPresent, ifAbsent) = (0.5, 0.5)
        for index in evidence.indices.reversed() {
            if index + 1 < evidence.count {
                let (later, memory) = (exp(evidence[index + 1]) * ifPresent, memories[index])
                let mean = stationary * later + (1 - stationary) * ifAbsent
                (ifPresent, ifAbsent) = (mean + (later - mean) * memory, mean + (ifAbsent - mean) * memory)
                let sum = ifPresent + ifAbsent
                (ifPresent, ifAbsent) = (ifPresent / sum, ifAbsent / sum)
            }
            let forward = posterior[index]
            posterior[index] = forward * ifPresent / (forward * ifPresent + (1 - forward) * ifAbsent)
        }
        return posterior
    }
}
