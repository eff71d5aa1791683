/// One tag that is looked for, and the rules its spans are made by.
public struct TagRule: Sendable, Equatable {
    public var name: String
    /// The probability, 0…1, from which an answer speaks for the tag. Used within 0.01…0.99.
    public var threshold: Double
    /// Spans no further apart than this become one.
    public var maxGap: TagDuration
    /// Shorter spans are dropped, after merging.
    public var minDuration: TagDuration
    /// A video is listed under the tag when its spans together last this long.
    public var requiredDuration: TagDuration
    /// Tags of the same group never overlap. Tags without one may overlap with everything.
    public var group: String?

    public init(
        name: String, threshold: Double = 0.5, maxGap: TagDuration = .seconds(2), minDuration: TagDuration = .seconds(1),
        requiredDuration: TagDuration = .seconds(1), group: String? = nil
    ) {
        self.name = name
        self.threshold = threshold
        self.maxGap = maxGap
        self.minDuration = minDuration
        self.requiredDuration = requiredDuration
        self.group = group
    }
}

extension TagRule: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, threshold, group
        case maxGap = "max_gap"
        case minDuration = "min_duration"
        case requiredDuration = "required_duration"
    }

    /// Everything but the name may be missing and takes its default.
    ///
    /// - Throws: `DecodingError`, also for a threshold outside 0…1.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(name: try container.decode(String.self, forKey: .name))
        threshold = try container.decodeIfPresent(Double.self, forKey: .threshold) ?? threshold
        guard (0...1).contains(threshold) else {
            throw DecodingError.dataCorruptedError(
                forKey: .threshold, in: container, debugDescription: "A threshold lies between 0 and 1, unlike \(threshold).")
        }
        maxGap = try container.decodeIfPresent(TagDuration.self, forKey: .maxGap) ?? maxGap
        minDuration = try container.decodeIfPresent(TagDuration.self, forKey: .minDuration) ?? minDuration
        requiredDuration = try container.decodeIfPresent(TagDuration.self, forKey: .requiredDuration) ?? requiredDuration
        group = try container.decodeIfPresent(String.self, forKey: .group)
    }
}
