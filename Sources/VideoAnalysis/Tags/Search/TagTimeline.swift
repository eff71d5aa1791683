import Foundation

/// A stretch of a video with a tag: half open, in seconds.
public struct TagSpan: Sendable, Equatable {
    public var tag: String
    public var start: Double
    public var end: Double
    /// The mean of the scores observed inside, 0 to 1.
    public var confidence: Double
    /// How many there were.
    public var observations: Int
}

/// What all observations of a video say together: spans by the tags' rules.
public struct TagTimeline: Sendable, Equatable {
    /// Ascending by start.
    public private(set) var spans: [TagSpan] = []
    /// Seconds of each tag's spans together.
    public private(set) var totals: [String: Double] = [:]
    /// The tags that last as long as their rules require.
    public private(set) var listed: [String] = []
    /// Stretches about which there was no answer at all.
    public private(set) var unknown: [Range<Double>] = []

    /// - Parameters:
    ///   - observations: of all segments, in any order.
    ///   - duration: of the video, in seconds.
    public init(observations: [TagObservation], rules: [TagRule], settings: TagSearchSettings = .init(), duration: Double) {
        let settings = settings.bounded
        let observations = observations.sorted { $0.time < $1.time }
        let chain = PresenceChain(settings: settings)
        for (tag, rule) in rules.enumerated() {
            let stretches = Self.stretches(of: tag, rule, in: observations, chain, settings, duration)
            spans += Self.merged(stretches, rule, duration)
        }
        Self.separate(&spans, rules, duration)
        spans.sort { ($0.start, $0.tag) < ($1.start, $1.tag) }
        for span in spans { totals[span.tag, default: 0] += span.end - span.start }
        listed = rules.filter { rule in
            totals[rule.name].map { $0 > 0 && $0 >= rule.requiredDuration.seconds(of: duration) } ?? false
        }.map(\.name)
        unknown = Self.unknown(in: observations, settings, duration)
    }

    /// A span with what its confidence is made of.
    private struct Stretch {
        var start: Double
        var end: Double
        var sum: Double
        var count: Int
    }

    /// Runs of looks at which the tag is there. Each reaches half-way to the next look that says otherwise, but no further than half a
    /// step into a stretch that nobody could answer about: what is unknown is neither present nor absent.
    private static func stretches(
        of tag: Int, _ rule: TagRule, in observations: [TagObservation], _ chain: PresenceChain, _ settings: TagSearchSettings, _ duration: Double
    ) -> [Stretch] {
        var looks: [(time: Double, score: Double)] = []
        // Whether the look before each was left unanswered.
        var isAfterGap: [Bool] = []
        var isGap = false
        for look in observations {
            if tag < look.scores.count, let score = look.scores[tag] {
                looks.append((look.time, score))
                isAfterGap.append(isGap)
                isGap = false
            } else {
                isGap = true
            }
        }
        let present = chain.posterior(
            evidence: looks.map { chain.evidence(score: $0.score, threshold: rule.threshold) },
            memories: zip(looks, looks.dropFirst()).map { chain.memory(after: $1.time - $0.time) }
        ).map { $0 > 0.5 }
        let reach = settings.frameInterval / 2
        func isUnknown(before place: Int) -> Bool {
            isAfterGap[place] && looks[place].time - looks[place - 1].time > Self.knownSteps * settings.frameInterval
        }
        var stretches: [Stretch] = []
        for (place, look) in looks.enumerated() where present[place] {
            let isCutOff = place > 0 && isUnknown(before: place)
            let isNew = place == 0 || !present[place - 1] || isCutOff
            let start = place == 0 ? max(0, look.time - reach) : isCutOff ? look.time - reach : (looks[place - 1].time + look.time) / 2
            let end =
                place + 1 == looks.count
                ? min(max(duration, look.time), look.time + reach)
                : isUnknown(before: place + 1) ? look.time + reach : (look.time + looks[place + 1].time) / 2
            if isNew { stretches.append(Stretch(start: start, end: end, sum: 0, count: 0)) }
            stretches[stretches.count - 1].end = end
            stretches[stretches.count - 1].sum += look.score
            stretches[stretches.count - 1].count += 1
        }
        return stretches
    }

    /// Answered looks no more of the scan's steps apart than this leave nothing unknown between them.
    private static let knownSteps = 1.5

    private static func merged(_ stretches: [Stretch], _ rule: TagRule, _ duration: Double) -> [TagSpan] {
        let gap = rule.maxGap.seconds(of: duration)
        var merged: [Stretch] = []
        for stretch in stretches {
            if let last = merged.last, stretch.start - last.end <= gap {
                merged[merged.count - 1].end = stretch.end
                merged[merged.count - 1].sum += stretch.sum
                merged[merged.count - 1].count += stretch.count
            } else {
                merged.append(stretch)
            }
        }
        let least = rule.minDuration.seconds(of: duration)
        return merged.filter { $0.end > $0.start && $0.end - $0.start >= least }.map {
            TagSpan(tag: rule.name, start: $0.start, end: $0.end, confidence: $0.sum / Double(max(1, $0.count)), observations: $0.count)
        }
    }

    /// Tags of one group never overlap: where two would, the span with more behind it (confidence times length) keeps its place.
    private static func separate(_ spans: inout [TagSpan], _ rules: [TagRule], _ duration: Double) {
        let byName = Dictionary(rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for group in Set(rules.compactMap(\.group)) {
            let own = spans.filter { byName[$0.tag]?.group == group }
            spans.removeAll { byName[$0.tag]?.group == group }
            var placed: [TagSpan] = []
            func weight(_ span: TagSpan) -> Double { span.confidence * (span.end - span.start) }
            for span in own.sorted(by: { (weight($0), $1.start, $1.tag) > (weight($1), $0.start, $0.tag) }) {
                var pieces = [span]
                for other in placed where other.tag != span.tag {
                    pieces = pieces.flatMap { piece -> [TagSpan] in
                        guard other.start < piece.end, piece.start < other.end else { return [piece] }
                        var (head, tail) = (piece, piece)
                        head.end = other.start
                        tail.start = other.end
                        return [head, tail].filter { $0.end > $0.start }
                    }
                }
                let least = byName[span.tag]?.minDuration.seconds(of: duration) ?? 0
                placed += pieces.filter { $0.end - $0.start >= least }
            }
            spans += placed
        }
    }

    private static func unknown(in observations: [TagObservation], _ settings: TagSearchSettings, _ duration: Double) -> [Range<Double>] {
        guard observations.contains(where: { !$0.isFailed }) else { return duration > 0 ? [0..<duration] : [] }
        let reach = settings.frameInterval / 2
        var stretches: [Range<Double>] = []
        var last: Double?
        var isGap = false
        func add(_ start: Double, _ end: Double, _ length: Double, _ known: Double) {
            if length > known, end > start { stretches.append(start..<end) }
        }
        for look in observations {
            if look.isFailed {
                isGap = true
                continue
            }
            if isGap {
                let start = last.map { $0 + reach } ?? 0
                add(start, look.time - reach, look.time - (last ?? 0), last == nil ? reach : Self.knownSteps * settings.frameInterval)
            }
            (last, isGap) = (look.time, false)
        }
        if isGap, let last { add(last + reach, duration, duration - last, reach) }
        return stretches
    }
}
