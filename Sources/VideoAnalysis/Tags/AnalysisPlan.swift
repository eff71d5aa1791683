import Foundation
import Foundations

/// What one analysis looks for and how: kept with its job, so that later changes of the settings don't touch it.
public struct AnalysisPlan: Sendable, Equatable, Codable {
    public var tags: [String]
    public var rules: [String: TagRuleChoice]
    public var frameInterval: Double
    public var tolerance: Double
    public var evidence: Bool
    public var model: String
    public var width: Int
    public var sideCar: LibrarySettings.SideCar

    enum CodingKeys: String, CodingKey {
        case tags, rules, tolerance, evidence, model, width
        case frameInterval = "frame_interval"
        case sideCar = "side_car"
    }

    init(_ settings: LibrarySettings) {
        tags = settings.tags
        rules = settings.rules
        frameInterval = settings.frameInterval
        tolerance = settings.tolerance
        evidence = settings.evidence
        model = settings.model
        width = settings.maxBatchSize
        sideCar = settings.sideCar
    }

    /// What a request asks for in its own way.
    public struct Changes: Sendable {
        public var tags: [String]?
        public var rules: [String: TagRuleChoice]?
        public var frameInterval: Double?
        public var tolerance: Double?
        public var evidence: Bool?
        public var model: String?

        public init() {}
    }

    /// - Throws: `LibraryError.outOfRange`.
    public init(_ settings: LibrarySettings, _ changes: Changes) throws {
        var settings = settings
        if let tags = changes.tags { settings.tags = tags }
        if let rules = changes.rules { settings.rules.merge(rules) { $1 } }
        if let interval = changes.frameInterval {
            settings.frameInterval = interval
            settings.tolerance = min(settings.tolerance, interval)
        }
        if let tolerance = changes.tolerance { settings.tolerance = tolerance }
        if let evidence = changes.evidence { settings.evidence = evidence }
        if let model = changes.model { settings.model = model }
        self.init(try settings.validated())
    }

    /// One rule for each tag, in the tags' order.
    func tagRules() throws -> [TagRule] { try tags.map { try (rules[$0] ?? TagRuleChoice()).rule(for: $0) } }

    package var json: JSONValue { (try? JSONEncoder().encode(self)).flatMap { try? JSONValue(parsing: $0) } ?? .null }

    package init?(json: JSONValue) {
        guard let plan = try? JSONDecoder().decode(AnalysisPlan.self, from: json.encoded()) else { return nil }
        self = plan
    }
}
