import Foundation

/// Searches one segment of a video for the tags of some rules. It says when to look, is told what was seen, and keeps all of it.
///
/// First comes a scan at even distances. Where neighbouring looks then disagree about a tag, as a `PresenceChain` judges them, the gap
/// between them is halved until it is as small as the tolerance; an answer that contradicts its surroundings, and could yet be right, is
/// checked by a look close by. A look answers all tags at once, and one that serves several is taken once. No time is given twice.
///
///     while !search.isFinished {
///         for time in search.next(limit: 8) { search.record(look(at: time), for: time) }
///     }
public struct TagSearch: Sendable {
    private let rules: [TagRule]
    private let settings: TagSearchSettings
    private let range: Range<Double>
    private let duration: Double
    private let before: [TagObservation]
    private let chain: PresenceChain
    /// Times that weren't given out yet, the last first.
    private var queue: [Double]
    private var isScanning = true
    private var outstanding: Set<Double> = []
    private var given: Set<Double> = []
    /// Second tries, after a look that failed.
    private var repeats: Set<Double> = []
    private var seen: [Double: TagObservation] = [:]
    /// From which probability on an answer against its surroundings is checked.
    private let doubt: Double
    private let mostAsked: Int

    /// Looks that were answered, failed ones included.
    public private(set) var asked = 0
    public private(set) var failed = 0

    /// - Parameters:
    ///   - range: the segment, in seconds.
    ///   - duration: of the whole video, in seconds.
    ///   - before: what the segments before observed towards their end: the gap across the border is searched here.
    public init(
        rules: [TagRule], settings: TagSearchSettings = .init(), range: Range<Double>, duration: Double, before: [TagObservation] = []
    ) {
        self.rules = rules
        let settings = settings.bounded
        self.settings = settings
        self.range = range
        self.duration = duration.isFinite ? max(0, duration) : 0
        self.before = before.sorted { $0.time < $1.time }
        chain = PresenceChain(settings: settings)
        // The closer the looks, the less likely is a span that only one of them hit; that one is checked all the same.
        let alone = settings.frameInterval / settings.meanAbsence * settings.frameInterval / settings.meanPresence * (1 - settings.answerError)
        doubt = min(settings.doubt, 0.55 * alone / (alone + settings.answerError))
        // One grid for the whole video: segments don't add looks of their own.
        let first = (range.lowerBound / settings.frameInterval - 1e-9).rounded(.up)
        let count = Int(min(1e6, max(0, ((range.upperBound - 1e-9) / settings.frameInterval).rounded(.down) - first + 1)))
        var times = (0..<count).map { (first + Double($0)) * settings.frameInterval }
        if times.isEmpty, self.before.isEmpty { times = [range.lowerBound] }
        // The very last frame, so that nothing behind the last step is missed.
        if range.upperBound >= self.duration, range.upperBound - (times.last ?? range.lowerBound) > settings.tolerance {
            times.append(range.upperBound)
        }
        // What sampling at every step of the tolerance would take, however short the segment is.
        mostAsked = max(4 * times.count + 64, Int(min(1e6, (range.upperBound - range.lowerBound) / settings.tolerance)))
        queue = times.reversed()
    }

    // MARK: Looking

    /// The times to look at next; they may be looked at side by side. Empty while it needs outstanding answers to go on, and when
    /// nothing is left.
    public mutating func next(limit: Int) -> [Double] {
        var times: [Double] = []
        while times.count < max(1, limit), let time = queue.popLast() { times.append(time) }
        outstanding.formUnion(times)
        given.formUnion(times)
        return times
    }

    /// Takes an answer.
    /// - Parameters:
    ///   - observation: with the time of the frame that was seen, which may be one that was seen before.
    ///   - requested: the time that `next` gave.
    public mutating func record(_ observation: TagObservation, for requested: Double) {
        guard outstanding.remove(requested) != nil else { return }
        asked += 1
        if observation.isFailed {
            failed += 1
            tryBeside(requested)
        }
        if seen[observation.time].map(\.isFailed) ?? true { seen[observation.time] = observation }
        guard queue.isEmpty, outstanding.isEmpty else { return }
        isScanning = false
        queue = probes().reversed()
    }

    public var isFinished: Bool { queue.isEmpty && outstanding.isEmpty }

    /// What was observed in this segment, ascending by time.
    public var observations: [TagObservation] { seen.values.sorted { $0.time < $1.time } }

    /// The looks that the segment needs as far as one knows; grows where changes are found.
    public var planned: Int { asked + outstanding.count + queue.count + (isScanning ? queue.count / 10 : 0) }

    /// A frame beside one that couldn't be judged may be readable. Once: a second failure is a gap.
    private mutating func tryBeside(_ time: Double) {
        let step = max(settings.tolerance, settings.frameInterval / 8)
        let beside = time + step <= range.upperBound ? time + step : time - step
        guard !repeats.contains(time), beside >= range.lowerBound, isFresh(beside), asked < mostAsked else { return }
        repeats.insert(beside)
        queue.insert(beside, at: 0)
    }

    private func isFresh(_ time: Double) -> Bool { !given.contains(time) && !queue.contains(time) }

    // MARK: Probing

    /// Frames don't lie exactly where they are asked for: without it, every other gap would be halved once more for a frame's width.
    private static let slack = 1.25

    /// What a look is wanted for: any time in one of the windows serves.
    private struct Wish {
        var windows: [ClosedRange<Double>]
        var best: Double
        /// The time of the look that is in doubt, where one is.
        var doubted: Double?
        /// Half-way to the next look, and that look's time: it checks both when that one is in doubt as well, for any tag.
        var shared: (time: Double, next: Double)?
    }

    /// The looks of the next round, ascending.
    private func probes() -> [Double] {
        guard asked < mostAsked else { return [] }
        // Looks that told nothing tell nothing here either; they only keep their times from being given again.
        let own = observations
        var wishes: [Wish] = []
        for tag in rules.indices { wishes += self.wishes(for: tag, in: before + own, from: before.count) }
        let doubted = Set(wishes.compactMap(\.doubted))
        for index in wishes.indices {
            if let shared = wishes[index].shared, doubted.contains(shared.next) { wishes[index].best = shared.time }
        }
        // From the left to the right: a wish takes a look that is planned already where one serves, else the one that may serve the
        // next wish too.
        var times: [Double] = []
        for wish in wishes.sorted(by: { ($0.best, $0.windows.count) < ($1.best, $1.windows.count) }) {
            let isServed = wish.windows.contains { window in times.suffix(8).contains { window.contains($0) } }
            if !isServed, isFresh(wish.best) { times.append(wish.best) }
        }
        return Array(times.sorted().prefix(mostAsked - asked))
    }

    private func wishes(for tag: Int, in all: [TagObservation], from first: Int) -> [Wish] {
        let rule = rules[tag]
        let looks = all.indices.filter { tag < all[$0].scores.count && all[$0].scores[tag] != nil }
        guard !looks.isEmpty else { return [] }
        let times = looks.map { all[$0].time }
        let evidence = looks.map { chain.evidence(score: all[$0].scores[tag], threshold: rule.threshold) }
        let memories = zip(times, times.dropFirst()).map { chain.memory(after: $1 - $0) }
        let present = chain.posterior(evidence: evidence, memories: memories)
        let bridged = rule.maxGap.seconds(of: duration)
        var wishes: [Wish] = []
        for place in looks.indices {
            // Gaps inside the segments before were searched by them.
            if place + 1 < looks.count, looks[place + 1] >= first {
                let gap = times[place + 1] - times[place]
                if (present[place] > 0.5) != (present[place + 1] > 0.5), gap > settings.tolerance * Self.slack {
                    let middle = (times[place] + times[place + 1]) / 2
                    wishes.append(Wish(windows: [middle - gap / 5...middle + gap / 5], best: middle))
                }
            }
            guard looks[place] + 1 >= first, isDoubtful(evidence[place], present[place]) else { continue }
            let isLast = place + 1 == looks.count
            // What comes behind a segment will tell, and the search there looks back at this one.
            if isLast, range.upperBound < duration { continue }
            let left = place > 0 ? times[place] - times[place - 1] : times[place]
            let right = isLast ? duration - times[place] : times[place + 1] - times[place]
            if evidence[place] < 0, left + right <= bridged, !isLast, place > 0 { continue }
            // Near enough to be in the same span, were there one: a quarter of a step, or half a step where it checks the next look too.
            let (near, reach) = (settings.frameInterval / 4, settings.frameInterval / 2)
            let canLeft = looks[place] >= first && left > settings.tolerance
            let canRight = right > settings.tolerance
            guard canLeft || canRight else { continue }
            let time = times[place]
            var wish = Wish(windows: [], best: canRight ? time + min(near, right / 2) : time - min(near, left / 2), doubted: time)
            if canRight, !isLast, right / 2 <= reach + 1e-6 { wish.shared = (time + right / 2, times[place + 1]) }
            if canLeft { wish.windows.append(time - min(reach, left / 2)...time - min(reach, left) / 8) }
            if canRight { wish.windows.append(time + min(reach, right) / 8...time + min(reach, right / 2)) }
            wishes.append(wish)
        }
        return wishes
    }

    /// Whether an answer stands against its surroundings, and they don't outweigh it yet.
    private func isDoubtful(_ evidence: Double, _ present: Double) -> Bool {
        let right = evidence > 0 ? present : 1 - present
        return evidence != 0 && right <= 0.5 && right > doubt
    }
}
