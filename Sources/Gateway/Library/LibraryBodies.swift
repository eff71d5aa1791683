import Foundation
import Foundations
import VideoAnalysis

/// Bodies of the library's requests.
enum LibraryBodies {
    private static let interval = NumericField.number("frame_interval", 0.1...600, "Seconds between two frames of the first pass")
    private static let tolerance = NumericField.number("tolerance", 0.01...60, "Seconds to which the ends of spans are found")
    private static let priority = NumericField.integer("priority", -100...100, "Higher ones go first")
    private static let batchSize = NumericField.integer("max_batch_size", 1...10, "Frames asked about at once")
    private static let start = NumericField.number("start_time", 0...1e7, "Seconds")
    private static let end = NumericField.number("end_time", 0...1e7, "Seconds; null for a single moment")
    private static let confidence = NumericField.number("confidence", 0...1, "0 to 1")

    /// What one analysis has in its own way.
    static func changes(_ fields: FieldReader) -> (changes: AnalysisPlan.Changes, priority: Int) {
        var changes = AnalysisPlan.Changes()
        if let tags = fields.value("tags") {
            if let list = tags.arrayValue, list.allSatisfy({ $0.stringValue != nil }) {
                changes.tags = list.compactMap(\.stringValue)
            } else if let text = tags.stringValue {
                changes.tags = [text]
            } else {
                fields.fault("tags", "wrong_type", "'tags' must be a list of texts.")
            }
        }
        changes.rules = rules("rules", fields)
        changes.frameInterval = fields.number(interval)
        changes.tolerance = fields.number(tolerance)
        changes.evidence = fields.bool("evidence")
        changes.model = fields.string("model").flatMap { $0.isEmpty ? nil : $0 }
        return (changes, fields.integer(priority) ?? 0)
    }

    private static func rules(_ name: String, _ fields: FieldReader) -> [String: TagRuleChoice]? {
        guard let value = fields.value(name) else { return nil }
        guard let entries = value.objectValue else {
            fields.fault(name, "wrong_type", "'\(name)' must be an object of tags with their rules.")
            return nil
        }
        var rules: [String: TagRuleChoice] = [:]
        for (tag, entry) in entries {
            do { rules[tag] = try JSONDecoder().decode(TagRuleChoice.self, from: entry.encoded()) } catch {
                fields.fault(
                    "\(name).\(tag)", "invalid_rule",
                    "A rule has threshold (0 to 1), max_gap, min_duration and required_duration: \"12s\", \"5%\" or a number of seconds.")
            }
        }
        return rules
    }

    /// - Throws: `invalidFields`.
    static func timestamp(_ object: [String: JSONValue]) throws -> Timestamp {
        let fields = FieldReader(object)
        let tag = fields.requiredString("tag_name")
        let start = fields.number(Self.start)
        if fields.value("start_time") == nil { fields.fault("start_time", "missing", "The field 'start_time' is required.") }
        let stamp = Timestamp(tag: tag, start: start ?? 0, end: fields.number(end), confidence: fields.number(confidence) ?? 1)
        try fields.finish(.unprocessable)
        return stamp
    }

    /// - Parameter present: what isn't mentioned stays so.
    /// - Throws: `invalidFields`.
    static func settings(_ object: [String: JSONValue], _ present: LibrarySettings) throws -> LibrarySettings {
        let fields = FieldReader(object)
        var settings = present
        let tags = fields.value("analysis_tags")
        if let list = tags?.arrayValue { settings.tags = list.compactMap(\.stringValue) } else {
            settings.tags = fields.requiredString("analysis_tags").split(separator: ",").map(String.init)
        }
        settings.llmBaseURL = fields.requiredString("llm_base_url")
        settings.model = fields.requiredString("llm_model")
        if fields.value("max_batch_size") == nil { fields.fault("max_batch_size", "missing", "The field 'max_batch_size' is required.") }
        settings.maxBatchSize = fields.integer(batchSize) ?? present.maxBatchSize
        settings.livekitURL = fields.string("livekit_url") ?? present.livekitURL
        settings.frameInterval = fields.number(interval) ?? present.frameInterval
        settings.tolerance = fields.number(tolerance) ?? present.tolerance
        settings.evidence = fields.bool("evidence") ?? present.evidence
        settings.sideCar = fields.choice("side_car", of: LibrarySettings.SideCar.self) ?? present.sideCar
        settings.rules = rules("tag_rules", fields) ?? present.rules
        try fields.finish(.unprocessable)
        return settings
    }
}
