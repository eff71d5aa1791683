import Foundation
import Foundations

/// What people set for the analysis of their library: the tags that are looked for, and how.
public struct LibrarySettings: Sendable, Equatable, Codable {
    /// Where the `.AI.json` file with the results goes.
    public enum SideCar: String, Sendable, Codable, CaseIterable {
        /// Beside the video.
        case beside
        /// Into `data_dir`.
        case data
        case none
    }

    public var tags: [String] = LibrarySettings.defaultTags
    /// Rules of tags that differ from the others'.
    public var rules: [String: TagRuleChoice] = [:]
    /// Kept for programs of old that set it. Martlet's models come from its own configuration.
    public var llmBaseURL = "http://localhost:1234"
    /// `auto`, `detector`, or a model's id.
    public var model = "auto"
    /// Frames that are asked about at once.
    public var maxBatchSize = 4
    public var livekitURL = "ws://localhost:7880"
    /// Seconds between two frames of the first pass.
    public var frameInterval = 2.0
    /// Seconds to which the ends of spans are found.
    public var tolerance = 0.25
    /// Whether speech, text on screen, objects and scenes are written down too.
    public var evidence = true
    public var sideCar = SideCar.data

    public static let defaultTags = [
        "person", "car", "bicycle", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic_light", "stop_sign", "walking",
        "running", "standing", "sitting", "talking", "eating", "drinking", "phone", "laptop", "book", "bag", "umbrella", "skateboard",
        "surfboard", "tennis_racket",
    ]
    static let maxTags = 64

    public init() {}

    /// - Throws: `LibraryError.outOfRange`, naming the field as the API does.
    public func validated() throws -> LibrarySettings {
        func check(_ condition: Bool, _ field: String, _ allowed: String) throws {
            guard condition else { throw LibraryError.outOfRange(field: field, allowed: allowed) }
        }
        var settings = self
        settings.tags = TagText.list(tags.joined(separator: ","))
        try check((1...Self.maxTags).contains(settings.tags.count), "analysis_tags", "1 to \(Self.maxTags) tags between commas")
        try check(settings.tags.allSatisfy { $0.count <= TagText.maxCharacters }, "analysis_tags", "tags of at most \(TagText.maxCharacters) characters")
        settings.llmBaseURL = llmBaseURL.trimmingCharacters(in: .whitespacesAndNewlines)
        try check(!settings.llmBaseURL.isEmpty, "llm_base_url", "an address")
        settings.model = model.trimmingCharacters(in: .whitespacesAndNewlines)
        try check(!settings.model.isEmpty, "llm_model", "a model's name, or auto")
        try check((1...10).contains(maxBatchSize), "max_batch_size", "1 to 10")
        settings.livekitURL = livekitURL.trimmingCharacters(in: .whitespacesAndNewlines)
        try check(
            settings.livekitURL.hasPrefix("ws://") || settings.livekitURL.hasPrefix("wss://"), "livekit_url", "an address that begins with ws:// or wss://")
        try check((0.1...600).contains(frameInterval), "frame_interval", "0.1 to 600 seconds")
        try check((0.01...60).contains(tolerance) && tolerance <= frameInterval, "tolerance", "0.01 to 60 seconds, and at most frame_interval")
        for (tag, rule) in rules {
            do { _ = try rule.rule(for: tag) } catch {
                throw LibraryError.outOfRange(field: "tag_rules.\(tag)", allowed: "a threshold from 0 to 1, and durations such as \"12s\", \"5%\" or a number of seconds")
            }
        }
        return settings
    }
}

/// What a tag's rule says; what is `nil` is as for all tags.
public struct TagRuleChoice: Sendable, Equatable, Codable {
    public var threshold: Double?
    public var maxGap: TagDuration?
    public var minDuration: TagDuration?
    public var requiredDuration: TagDuration?

    enum CodingKeys: String, CodingKey {
        case threshold
        case maxGap = "max_gap"
        case minDuration = "min_duration"
        case requiredDuration = "required_duration"
    }

    public init() {}

    func rule(for tag: String) throws -> TagRule {
        var rule = TagRule(name: tag)
        if let threshold {
            guard (0...1).contains(threshold) else { throw LibraryError.outOfRange(field: "threshold", allowed: "between 0 and 1") }
            rule.threshold = threshold
        }
        if let maxGap { rule.maxGap = maxGap }
        if let minDuration { rule.minDuration = minDuration }
        if let requiredDuration { rule.requiredDuration = requiredDuration }
        return rule
    }
}
