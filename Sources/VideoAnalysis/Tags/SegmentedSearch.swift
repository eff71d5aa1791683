import Foundations

/// The search through all segments of a video, and how far it has come: counted in looks.
package struct SegmentedSearch {
    private let rules: [TagRule]
    private let settings: TagSearchSettings
    private let duration: Double
    /// Segments.
    package let count: Int
    private let tagShare: Double
    package private(set) var asked = 0
    package private(set) var failed = 0
    private var observations: [TagObservation] = []
    private var finished = 0

    /// Seconds. A finished segment is never searched again.
    private static let segment = 60.0

    /// - Parameter tagShare: of the whole progress, 0 to 1.
    package init(rules: [TagRule], settings: TagSearchSettings, duration: Double, tagShare: Double = 1) {
        self.rules = rules
        self.settings = settings
        self.duration = duration
        self.tagShare = tagShare
        count = max(1, Int((duration / Self.segment).rounded(.up)))
    }

    private func range(_ number: Int) -> Range<Double> {
        let start = Double(number) * Self.segment
        return start..<(number + 1 == count ? max(duration, start) : start + Self.segment)
    }

    /// The search of one segment, those before being finished.
    package func search(_ number: Int) -> TagSearch {
        let range = range(number)
        // For the gap across its start, whose looks lie a step apart.
        let lookBack = max(Self.segment / 2, 2 * settings.frameInterval)
        let before = observations.suffix(while: { $0.time >= range.lowerBound - lookBack })
        return TagSearch(rules: rules, settings: settings, range: range, duration: duration, before: before)
    }

    package mutating func take(_ record: SegmentRecord, _ number: Int) {
        observations += record.observations
        asked += record.asked
        failed += record.failed
        finished = number + 1
    }

    /// - Parameters:
    ///   - done: looks of the segment at work, and `planned` of them as far as one knows.
    func progress(_ done: Int, of planned: Int, in number: Int) -> ProgressUpdate {
        let planned = max(planned, done)
        // Later segments are taken to need what those before needed, or what a scan alone would.
        let scan = Self.segment / settings.frameInterval
        let each = finished > 0 ? max(scan, Double(asked) / Double(finished)) : max(scan, Double(planned))
        let total = Double(asked + planned) + each * Double(count - number - 1)
        let sum = Double(asked + done)
        return ProgressUpdate(stage: "scan", done: sum, total: total.rounded(), unit: .frames, overall: tagShare * min(1, sum / max(1, total)))
    }

    package func timeline() -> TagTimeline {
        TagTimeline(observations: observations.sorted { $0.time < $1.time }, rules: rules, settings: settings, duration: duration)
    }
}

extension Array {
    /// The elements at the end that all fulfil the condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> [Element] {
        var start = endIndex
        while start > startIndex, condition(self[start - 1]) { start -= 1 }
        return Array(self[start...])
    }
}

/// What a finished segment keeps.
package struct SegmentRecord: Sendable, Equatable {
    var observations: [TagObservation]
    var asked: Int
    var failed: Int

    package init(observations: [TagObservation], asked: Int, failed: Int) {
        self.observations = observations
        self.asked = asked
        self.failed = failed
    }

    var json: JSONValue {
        [
            "asked": .integer(asked), "failed": .integer(failed),
            "observations": .array(
                observations.map { observation in
                    .array([.number(observation.time)] + observation.scores.map { $0.map(JSONValue.number) ?? .null })
                }),
        ]
    }

    init?(json: JSONValue) {
        guard let asked = json["asked"]?.intValue, let failed = json["failed"]?.intValue, let rows = json["observations"]?.arrayValue else { return nil }
        self.init(
            observations: rows.compactMap { row in
                guard let values = row.arrayValue, let time = values.first?.doubleValue else { return nil }
                return TagObservation(time: time, scores: values.dropFirst().map(\.doubleValue))
            }, asked: asked, failed: failed)
    }
}
