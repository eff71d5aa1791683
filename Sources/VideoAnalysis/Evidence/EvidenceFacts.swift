import Engines
import Foundation

/// Plain sentences drawn from evidence by general rules: which facts bear on which kind of question.
struct EvidenceFacts: Sendable {
    /// Objects of one kind seen together or one right after the other.
    struct Sighting: Sendable, Equatable {
        var label: String
        var start: Double
        var end: Double
        /// The most at once.
        var count: Int
        var position: String
        var motion: String
        /// The best track's, 0 to 1.
        var score: Double

        var name: String {
            count > 1 ? "\(count) \(EvidenceFacts.plural(label))" : "\("aeiou".contains(label.prefix(1)) ? "an" : "a") \(label)"
        }

        var movement: String {
            switch motion {
            case "still": ""
            case "closer": ", comes closer"
            case "away": ", goes away"
            default: ", moves \(motion)"
            }
        }

        var inNotes: String {
            "\(count > 1 ? name : label), \(EvidenceFacts.from(start, end)), \(position)\(movement)"
        }
    }

    private let summary: EvidenceSummary
    private let sightings: [Sighting]

    init(_ summary: EvidenceSummary) {
        self.summary = summary
        sightings = Self.sightings(in: summary)
    }

    /// Facts for a question, the most telling first.
    func lines(for question: String, topics: Set<QuestionParts.Topic>) -> [String] {
        var lines: [String] = []
        let all = topics.contains(.everything)
        if topics.contains(.objects) || all { lines += seen(question, topics) }
        if topics.contains(.text) || all { lines.append(text) }
        if topics.contains(.speech) || all { lines.append(speech(question)) }
        if topics.contains(.colour) { lines += colours }
        if topics.contains(.motion) { lines += motion }
        if topics.contains(.scenes) || (topics.contains(.count) && all) { lines.append("Number of scenes: \(summary.scenes.count).") }
        if topics.contains(.order) { lines += ends(question, topics) }
        return lines
    }

    /// The first or the last of a kind by itself, when the question asks for one.
    private func ends(_ question: String, _ topics: Set<QuestionParts.Topic>) -> [String] {
        var kinds: [(name: String, items: [String])] = []
        if topics.contains(.text) { kinds.append(("text on screen", summary.texts.map { "\"\($0.text)\" (\(Self.span($0.start, $0.end)))" })) }
        if topics.contains(.speech) { kinds.append(("words spoken", summary.speech.map { "\"\($0.text)\" (\(Self.span($0.start, $0.end)))" })) }
        if topics.contains(.objects) { kinds.append(("thing seen", sightings.map { "\($0.name) (\(Self.span($0.start, $0.end)))" })) }
        return kinds.filter { $0.items.count > 1 }.flatMap { kind -> [String] in
            var lines: [String] = []
            if let first = kind.items.first, QuestionParts.contains(question, "\\b(?:first|begin|beginning|start)\\b") {
                lines.append("First \(kind.name): \(first).")
            }
            if let last = kind.items.last, QuestionParts.contains(question, "\\b(?:last|finally|end|ending)\\b") {
                lines.append("Last \(kind.name): \(last).")
            }
            return lines
        }
    }

    /// What a small model must be told to do beside the question; `nil` for most.
    func hint(for topics: Set<QuestionParts.Topic>) -> String? {
        let kinds = topics.subtracting([.order, .count])
        if kinds.contains(.everything) {
            return "Tell in order what is seen, which text is on screen, and what is said."
        }
        if kinds == [.text], summary.texts.isEmpty { return "\(text) Answer that none was found." }
        if kinds == [.speech], summary.speech.isEmpty { return "\(speech("")) Answer that no speech was found." }
        if kinds == [.objects], sightings.isEmpty { return "Answer that no known object was found." }
        return nil
    }

    // MARK: Kinds

    private func seen(_ question: String, _ topics: Set<QuestionParts.Topic>) -> [String] {
        if let reason = summary.missing[EvidenceKind.objects.rawValue], sightings.isEmpty {
            return ["Objects were not examined. \(reason)"]
        }
        guard !sightings.isEmpty else { return ["No known object was found in the video."] }
        let asksWhere = QuestionParts.contains(question, "\\b(?:where|left|right|side|position|middle|centre|center)\\b")
        // What is seen at the same time is no sequence.
        var groups: [(names: [String], start: Double, end: Double)] = []
        for sighting in sightings {
            let name = "\(sighting.name)\(asksWhere ? " on the \(sighting.position)" : "")"
            if let last = groups.last, abs(last.start - sighting.start) <= 0.6 {
                groups[groups.count - 1].names.append(name)
                groups[groups.count - 1].end = max(last.end, sighting.end)
            } else {
                groups.append(([name], sighting.start, sighting.end))
            }
        }
        var lines = ["Seen: " + Self.story(groups.map { "\($0.names.joined(separator: " and ")) (\(Self.span($0.start, $0.end)))" })]
        if topics.contains(.count) {
            for label in Set(sightings.map(\.label)).sorted() {
                let most = sightings.filter { $0.label == label }.map(\.count).max() ?? 1
                lines.append("Most of \(label) at once: \(most).")
            }
            if summary.faces > 0 { lines.append("Most faces at once: \(summary.faces).") }
        }
        return lines
    }

    private var text: String {
        if summary.texts.isEmpty {
            return summary.missing[EvidenceKind.text.rawValue].map { "Text was not examined. \($0)" }
                ?? "There is no text and no sign in the video."
        }
        // Lines that come together belong together.
        var groups: [(texts: [String], start: Double, end: Double)] = []
        for text in summary.texts {
            if let last = groups.last, abs(last.start - text.start) <= 0.6 {
                groups[groups.count - 1].texts.append("\"\(text.text)\"")
                groups[groups.count - 1].end = max(last.end, text.end)
            } else {
                groups.append((["\"\(text.text)\""], text.start, text.end))
            }
        }
        return "Text on screen: " + Self.story(groups.map { "\($0.texts.joined(separator: " and ")) (\(Self.span($0.start, $0.end)))" })
    }

    private func speech(_ question: String) -> String {
        if summary.speech.isEmpty {
            let reason = summary.missing[EvidenceKind.speech.rawValue]
            if let reason, reason != EvidenceKind.noSound { return "Speech was not examined. \(reason)" }
            return "Nobody speaks in the video."
        }
        let chosen = Self.nearest(summary.speech, to: question, limit: 6)
        let quotes = chosen.map { "\"\($0.text)\" (\(Self.span($0.start, $0.end)))" }
        return "Speech: " + (chosen.count < summary.speech.count ? quotes.joined(separator: ", ") + "." : Self.story(quotes))
    }

    private var colours: [String] {
        let scenes = summary.scenes.filter { !$0.colours.isEmpty }
        guard !scenes.isEmpty else { return ["Colours were not examined."] }
        var lines = ["Main colours: " + Self.story(scenes.map { "\($0.colours[0]) (\(Self.span($0.start, $0.end)))" })]
        let light = scenes.map { scene -> Int in
            let first = scene.colours[0]
            if first == "black" || first.hasPrefix("dark") { return -1 }
            return first == "white" || first.hasPrefix("light") || ["beige", "yellow"].contains(first) ? 1 : 0
        }.reduce(0, +)
        if abs(light) * 2 > scenes.count { lines.append("The picture is \(light < 0 ? "dark" : "bright").") }
        return lines
    }

    private var motion: [String] {
        let moving = sightings.filter { $0.motion != "still" }.map { sighting in
            "The \(sighting.label)\(sighting.movement.replacingOccurrences(of: ",", with: "")) (\(Self.span(sighting.start, sighting.end)))."
        }
        let camera = "Camera: " + Self.story(summary.scenes.map { "\($0.camera) (\(Self.span($0.start, $0.end)))" })
        return moving.isEmpty ? [camera, "No object moves by itself."] : moving + [camera]
    }

    // MARK: Wording

    /// The segments that share most words with the question, in order of time; all when there are few.
    static func nearest(_ segments: [TranscriptSegment], to question: String, limit: Int) -> [TranscriptSegment] {
        guard segments.count > limit else { return segments }
        let wanted = Set(question.lowercased().split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 3 }.map { String($0.prefix(5)) })
        func hits(_ text: String) -> Int {
            Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0.prefix(5)) }).intersection(wanted).count
        }
        let last = segments.count - 1
        // Without a hit the first and the last sentences stand for the whole.
        let ranked = segments.indices.sorted { a, b in
            let (x, y) = (hits(segments[a].text), hits(segments[b].text))
            return x != y ? x > y : min(a, last - a) < min(b, last - b)
        }
        return ranked.prefix(limit).sorted().map { segments[$0] }
    }

    /// "first …, then …, last …."
    static func story(_ items: [String]) -> String {
        guard items.count > 1 else { return items.joined() + "." }
        let parts = items.enumerated().map { index, item in
            index == 0 ? "first \(item)" : index == items.count - 1 ? "last \(item)" : "then \(item)"
        }
        return parts.joined(separator: ", ") + "."
    }

    /// Tracks of one label that overlap in time become one sighting with a count.
    static func sightings(in summary: EvidenceSummary) -> [Sighting] {
        var sightings: [Sighting] = []
        for label in Set(summary.tracks.map(\.label)) {
            var open: [EvidenceSummary.Track] = []
            var group: [EvidenceSummary.Track] = []
            var most = 0
            func close() -> Sighting? {
                guard let first = group.first else { return nil }
                let longest = group.max { $0.end - $0.start < $1.end - $1.start } ?? first
                let moving = group.filter { $0.motion != "still" }
                return Sighting(
                    label: label, start: first.start, end: group.map(\.end).max() ?? first.end, count: most,
                    position: longest.position, motion: moving.count * 2 >= group.count ? moving.first?.motion ?? "still" : "still",
                    score: group.map(\.score).max() ?? 0)
            }
            for track in summary.tracks.filter({ $0.label == label }).sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
                open.removeAll { $0.end <= track.start + 0.05 }
                if open.isEmpty {
                    if let done = close() { sightings.append(done) }
                    group = []
                    most = 0
                }
                open.append(track)
                group.append(track)
                most = max(most, open.count)
            }
            if let done = close() { sightings.append(done) }
        }
        return sightings.sorted { ($0.start, $1.score, $0.label) < ($1.start, $0.score, $1.label) }
    }

    static func plural(_ label: String) -> String {
        switch label {
        case "person": "people"
        case "sheep", "skis", "scissors": label
        case "mouse": "mice"
        case "knife": "knives"
        default:
            ["s", "x", "ch", "sh"].contains { label.hasSuffix($0) } ? label + "es" : label + "s"
        }
    }

    static func from(_ start: Double, _ end: Double) -> String { "from \(seconds(start)) s to \(seconds(end)) s" }
    static func span(_ start: Double, _ end: Double) -> String { "\(seconds(start)) s to \(seconds(end)) s" }

    /// One decimal, none for whole numbers.
    static func seconds(_ value: Double) -> String {
        let tenths = (value * 10).rounded()
        guard tenths.isFinite, abs(tenths) < 1e12 else { return "0" }
        return tenths.truncatingRemainder(dividingBy: 10) == 0 ? String(Int(tenths / 10)) : String(tenths / 10)
    }
}
