import Foundation
import Testing
import VideoAnalysis

/// The search against answerers that know the truth, ideal and noisy, and against all that can go wrong.
@Suite struct TagSearchTests {
    private struct Span {
        var tag: Int
        var start: Double
        var end: Double
    }

    /// A video with its truth. Answers are flipped with the probability `noise`: the same for the same frame and tag, however often
    /// it is asked.
    private struct Film {
        var seed: UInt64
        var duration: Double
        var tags: Int
        var spans: [Span]
        var fps = 30.0
        var noise = 0.0
        /// Frames that can't be looked at.
        var fails: @Sendable (Int) -> Bool = { _ in false }

        func observation(at requested: Double) -> TagObservation {
            let frame = max(0, min(Int(duration * fps) - 1, Int(requested * fps + 1e-6)))
            let time = Double(frame) / fps
            if fails(frame) { return .failed(at: time, tags: tags) }
            return TagObservation(
                time: time,
                scores: (0..<tags).map { tag in
                    let isThere = spans.contains { $0.tag == tag && $0.start <= time && time < $0.end }
                    return isThere != isFlipped(frame, tag) ? 1 : 0
                })
        }

        private func isFlipped(_ frame: Int, _ tag: Int) -> Bool {
            var dice = Dice(state: seed &* 0x9E37_79B9 &+ UInt64(frame) &* 977 &+ UInt64(tag))
            return dice.next() < noise
        }
    }

    /// SplitMix64.
    private struct Dice {
        var state: UInt64

        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((value ^ value >> 31) >> 11) / 9_007_199_254_740_992
        }
    }

    /// Spans of 3 to 40 s, those of one tag at least 35 s apart.
    private static func film(_ seed: UInt64, minutes: Double, tags: Int, count: Int, noise: Double) -> Film {
        var dice = Dice(state: seed)
        var spans: [Span] = []
        while spans.count < count {
            let tag = Int(dice.next() * Double(tags))
            let length = 3 + 37 * dice.next()
            let start = 1 + dice.next() * (minutes * 60 - length - 2)
            let isClose = spans.contains { $0.tag == tag && start < $0.end + 35 && $0.start < start + length + 35 }
            if !isClose { spans.append(Span(tag: tag, start: start, end: start + length)) }
        }
        return Film(seed: seed, duration: minutes * 60, tags: tags, spans: spans, noise: noise)
    }

    private struct Result {
        var timeline: TagTimeline
        var asked: Int
    }

    private static func rules(_ count: Int) -> [TagRule] { (0..<count).map { TagRule(name: "tag \($0)") } }

    private static func search(
        _ film: Film, _ rules: [TagRule]? = nil, settings: TagSearchSettings = .init(), limit: Int = 64, backwards: Bool = false
    ) -> Result {
        var whole = SegmentedSearch(rules: rules ?? Self.rules(film.tags), settings: settings, duration: film.duration)
        for number in 0..<whole.count {
            var search = whole.search(number)
            while !search.isFinished {
                let times = search.next(limit: limit)
                #expect(!times.isEmpty, "stuck")
                if times.isEmpty { break }
                for time in backwards ? times.reversed() : times { search.record(film.observation(at: time), for: time) }
                #expect(search.planned >= search.asked)
            }
            whole.take(SegmentRecord(observations: search.observations, asked: search.asked, failed: search.failed), number)
        }
        return Result(timeline: whole.timeline(), asked: whole.asked)
    }

    /// Pooled temporal IoU, and how many of the true spans were found.
    private static func score(_ film: Film, _ timeline: TagTimeline) -> (common: Double, union: Double, found: Int) {
        var (common, union, found) = (0.0, 0.0, 0)
        for tag in 0..<film.tags {
            let said = timeline.spans.filter { $0.tag == "tag \(tag)" }
            let step = 0.02
            for index in 0..<Int(film.duration / step) {
                let time = Double(index) * step
                let isTrue = film.spans.contains { $0.tag == tag && $0.start <= time && time < $0.end }
                let isSaid = said.contains { $0.start <= time && time < $0.end }
                if isTrue, isSaid { common += step }
                if isTrue || isSaid { union += step }
            }
            for span in film.spans where span.tag == tag {
                let best = said.map { (min($0.end, span.end) - max($0.start, span.start)) / (max($0.end, span.end) - min($0.start, span.start)) }.max()
                if best ?? 0 >= 0.5 { found += 1 }
            }
        }
        return (common, union, found)
    }

    @Test(arguments: [(10.0, 5, 8, 0.0), (10, 5, 8, 0.02), (30, 10, 20, 0), (30, 10, 20, 0.02)])
    func everySpanIsFoundWithFewLooks(_ minutes: Double, _ tags: Int, _ count: Int, _ noise: Double) {
        var (common, union, found, asked) = (0.0, 0.0, 0, 0)
        let films = 2
        for seed in 1...UInt64(films) {
            let film = Self.film(seed, minutes: minutes, tags: tags, count: count, noise: noise)
            let result = Self.search(film)
            let score = Self.score(film, result.timeline)
            (common, union, found, asked) = (common + score.common, union + score.union, found + score.found, asked + result.asked)
        }
        let linear = Double(films) * minutes * 60 / 2
        #expect(common / union >= (noise == 0 ? 0.99 : 0.95))
        #expect(found == films * count)
        #expect(Double(asked) <= 1.4 * linear)
        #expect(Double(asked) <= linear * 8 / 6)
    }

    @Test func batchesAndTheirOrderDoNotMatter() {
        let film = Self.film(5, minutes: 6, tags: 4, count: 6, noise: 0.02)
        let whole = Self.search(film)
        for (limit, backwards) in [(1, false), (7, true), (1000, true)] {
            let other = Self.search(film, limit: limit, backwards: backwards)
            #expect(other.timeline == whole.timeline && other.asked == whole.asked)
        }
    }

    @Test(arguments: [59.9, 60.0, 60.1, 61.0, 58.7]) func aChangeAtABorderIsFoundOnce(_ change: Double) {
        let film = Film(seed: 1, duration: 180, tags: 2, spans: [Span(tag: 0, start: change, end: 180), Span(tag: 1, start: 10, end: change)])
        let spans = Self.search(film).timeline.spans
        #expect(spans.count == 2)
        for span in spans {
            let edge = span.tag == "tag 0" ? span.start : span.end
            #expect(abs(edge - change) <= 0.25, "\(span)")
        }
    }

    /// Looks further apart than segments are long: the gaps between them are searched all the same.
    @Test func stepsLongerThanASegmentAreSearched() {
        let film = Film(seed: 1, duration: 1200, tags: 1, spans: [Span(tag: 0, start: 333, end: 777)])
        let spans = Self.search(film, settings: TagSearchSettings(frameInterval: 150)).timeline.spans
        #expect(spans.count == 1 && abs((spans.first?.start ?? 0) - 333) <= 0.25 && abs((spans.first?.end ?? 0) - 777) <= 0.25, "\(spans)")
    }

    @Test func aSpanAcrossBordersIsOne() {
        let film = Film(seed: 1, duration: 300, tags: 1, spans: [Span(tag: 0, start: 50, end: 250)])
        let spans = Self.search(film).timeline.spans
        #expect(spans.count == 1 && abs(spans[0].start - 50) < 0.25 && abs(spans[0].end - 250) < 0.25 && spans[0].confidence == 1)
    }

    /// A span that one look of the scan hits is found, however close the looks are.
    @Test(arguments: [0.5, 1, 2, 4]) func aShortSpanIsFoundAtAnyInterval(_ interval: Double) {
        let start = 20 * interval - 0.45 * interval
        let film = Film(seed: 1, duration: 120, tags: 1, spans: [Span(tag: 0, start: start, end: start + 0.9 * interval)])
        var rule = TagRule(name: "tag 0")
        rule.minDuration = .seconds(interval / 4)
        let settings = TagSearchSettings(frameInterval: interval, tolerance: interval / 8)
        let spans = Self.search(film, [rule], settings: settings).timeline.spans
        #expect(spans.count == 1 && spans.allSatisfy { abs($0.start - start) <= interval / 8 && abs($0.end - start - 0.9 * interval) <= interval / 8 }, "\(spans)")
    }

    @Test func tagsMayOverlap() {
        let film = Film(seed: 1, duration: 60, tags: 2, spans: [Span(tag: 0, start: 5, end: 40), Span(tag: 1, start: 20, end: 50)])
        let timeline = Self.search(film).timeline
        #expect(timeline.spans.map(\.tag) == ["tag 0", "tag 1"])
        #expect(timeline.listed == ["tag 0", "tag 1"])
        #expect(abs((timeline.totals["tag 1"] ?? 0) - 30) < 0.5)
    }

    @Test func exclusiveTagsDoNot() {
        var rules = Self.rules(3)
        rules[0].group = "place"
        rules[1].group = "place"
        let film = Film(
            seed: 1, duration: 60, tags: 3,
            spans: [Span(tag: 0, start: 5, end: 40), Span(tag: 1, start: 30, end: 50), Span(tag: 2, start: 0, end: 60)])
        let spans = Self.search(film, rules).timeline.spans
        let one = spans.filter { $0.tag == "tag 0" }
        let two = spans.filter { $0.tag == "tag 1" }
        #expect(one.count == 1 && two.count == 1 && one[0].end <= two[0].start && abs(one[0].end - 40) < 0.3)
        #expect(spans.contains { $0.tag == "tag 2" && $0.start == 0 && $0.end == 60 })
    }

    // MARK: What goes wrong

    @Test(arguments: [0.0, 0.01, 0.5, 1, 2, 3.9, 60, 61]) func anyLengthEnds(_ duration: Double) {
        let film = Film(seed: 2, duration: duration, tags: 2, spans: [Span(tag: 0, start: 0, end: duration)])
        let result = Self.search(film)
        #expect(result.asked >= 1)
        #expect(result.timeline.spans.allSatisfy { $0.end <= duration + 0.001 && $0.start >= 0 })
        if duration >= 2 { #expect(result.timeline.spans.first.map { $0.start == 0 && $0.end == duration } == true, "\(result.timeline.spans)") }
    }

    /// Frames further apart than the tolerance: the same one is seen again and again.
    @Test(arguments: [0.2, 1, 2.5]) func fewFramesEnd(_ fps: Double) {
        var film = Film(seed: 3, duration: 120, tags: 1, spans: [Span(tag: 0, start: 31, end: 77)])
        film.fps = fps
        let result = Self.search(film)
        #expect(result.timeline.spans.count == 1)
        #expect(abs((result.timeline.spans.first?.start ?? 0) - 31) <= 1 / fps + 0.01)
        #expect(result.asked < 200)
    }

    /// Neither absent nor present: a span ends where the answers do, and goes on behind; only `maxGap` joins the parts.
    @Test func failedLooksAreUnknown() {
        var film = Film(seed: 4, duration: 120, tags: 1, spans: [Span(tag: 0, start: 20, end: 100)])
        film.fails = { (40 * 30..<46 * 30).contains($0) }
        let timeline = Self.search(film).timeline
        #expect(timeline.spans.map(\.end).first == 39 && timeline.spans.map(\.start).last == 45 && timeline.spans.count == 2)
        #expect(timeline.unknown == [39..<45])
        let bridging = [TagRule(name: "tag 0", maxGap: .seconds(6))]
        #expect(Self.search(film, bridging).timeline.spans.count == 1)
    }

    @Test func aLookThatFailedOnceLeavesNoGap() {
        var film = Film(seed: 4, duration: 120, tags: 1, spans: [Span(tag: 0, start: 20, end: 100)])
        film.fails = { $0 == 40 * 30 }
        let timeline = Self.search(film).timeline
        #expect(timeline.spans.count == 1 && timeline.unknown.isEmpty)
    }

    @Test func whereNothingCanBeSeenAllIsUnknown() {
        var film = Film(seed: 4, duration: 100, tags: 3, spans: [])
        film.fails = { _ in true }
        let result = Self.search(film)
        #expect(result.timeline.spans.isEmpty && result.timeline.unknown == [0..<100])
        // Each look once more beside it, and no more.
        #expect(result.asked <= 2 * 53)
    }

    @Test func noTimeIsGivenTwice() {
        let film = Self.film(9, minutes: 5, tags: 3, count: 6, noise: 0.1)
        var search = TagSearch(rules: Self.rules(3), range: 0..<300, duration: 300)
        var given: Set<Double> = []
        while !search.isFinished {
            for time in search.next(limit: 5) {
                #expect(given.insert(time).inserted)
                search.record(film.observation(at: time), for: time)
                // An answer that nobody asked for changes nothing.
                search.record(film.observation(at: time + 1), for: time + 0.001)
            }
        }
        #expect(given.count == search.asked)
    }

    @Test func aHopelessAnswererEnds() {
        let film = Self.film(11, minutes: 10, tags: 26, count: 10, noise: 0.5)
        // No more than sampling at every step of the tolerance would take.
        #expect(Self.search(film).asked <= 600 * 4 + 10)
    }

    @Test func unansweredTagsDoNotDisturbOthers() {
        var search = TagSearch(rules: Self.rules(2), range: 0..<60, duration: 60)
        while !search.isFinished {
            for time in search.next(limit: 100) { search.record(TagObservation(time: time, scores: [nil, time >= 21.3 ? 0.9 : 0.2]), for: time) }
        }
        let timeline = TagTimeline(observations: search.observations, rules: Self.rules(2), duration: 60)
        #expect(timeline.spans.count == 1 && timeline.spans[0].tag == "tag 1" && abs(timeline.spans[0].start - 21.3) <= 0.25)
        #expect(abs(timeline.spans[0].confidence - 0.9) < 1e-9 && timeline.unknown.isEmpty)
    }

    // MARK: Rules

    private static func timeline(_ scores: [Double], _ change: (inout TagRule) -> Void = { _ in }) -> TagTimeline {
        var rule = TagRule(name: "a")
        change(&rule)
        let observations = scores.enumerated().map { TagObservation(time: Double($0.offset), scores: [$0.element]) }
        var settings = TagSearchSettings(frameInterval: 1)
        settings.meanAbsence = 20
        return TagTimeline(observations: observations, rules: [rule], settings: settings, duration: Double(scores.count))
    }

    @Test func gapsAreBridgedUpToTheRule() {
        let scores: [Double] = [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
        #expect(Self.timeline(scores).spans.map(\.start) == [2.5, 10.5])
        let bridged = Self.timeline(scores) { $0.maxGap = .seconds(4) }.spans
        #expect(bridged.count == 1 && bridged[0].start == 2.5 && bridged[0].end == 14.5 && bridged[0].observations == 8)
        #expect(Self.timeline(scores) { $0.maxGap = .percent(25) }.spans.count == 1)
    }

    @Test func shortSpansAreDropped() {
        let scores: [Double] = [0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0]
        #expect(Self.timeline(scores) { $0.minDuration = .seconds(4) }.spans.count == 1)
        #expect(Self.timeline(scores) { $0.minDuration = .seconds(4.1) }.spans.isEmpty)
        #expect(Self.timeline(scores) { $0.requiredDuration = .seconds(5) }.listed.isEmpty)
        #expect(Self.timeline(scores) { $0.requiredDuration = .percent(30) }.listed == ["a"])
    }

    @Test func thresholdsDecide() {
        let scores: [Double] = [0.1, 0.1, 0.6, 0.6, 0.6, 0.6, 0.1, 0.1]
        #expect(Self.timeline(scores).spans.count == 1)
        #expect(Self.timeline(scores) { $0.threshold = 0.8 }.spans.isEmpty)
        #expect(abs(Self.timeline(scores).spans[0].confidence - 0.6) < 1e-9)
    }

    @Test(arguments: [
        ("12s", TagDuration.seconds(12)), ("12", .seconds(12)), ("1.5 s", .seconds(1.5)), ("5%", .percent(5)), ("0", .seconds(0)), ("100%", .percent(100)),
    ]) func durationsAreRead(_ text: String, _ duration: TagDuration) throws {
        #expect(try TagDuration(parsing: text) == duration)
        #expect(try TagDuration(parsing: duration.description) == duration)
        #expect(try JSONDecoder().decode(TagDuration.self, from: JSONEncoder().encode(duration)) == duration)
    }

    @Test(arguments: ["", "s", "-1", "101%", "nan", "inf", "5 bananas", "0x10", "1s%"]) func otherTextIsNoDuration(_ text: String) {
        #expect(throws: TagDuration.InvalidText.self) { try TagDuration(parsing: text) }
    }
}
