import Engines
import Foundation

/// A key that is only known when a document is read.
struct DocumentKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }

    init(stringValue: String) { self.init(stringValue) }

    init?(intValue: Int) { nil }
}

extension FaceFeatures {
    private static let metaKey = "meta"
    /// No more unknown keys are listed, and no more characters of each: they come from outside.
    private static let mostUnknownKeys = 32
    private static let longestUnknownKey = 64

    /// Every part may be missing.
    public init(from decoder: any Decoder) throws {
        let document = try decoder.container(keyedBy: DocumentKey.self)
        let groups = FaceFeature.Group.allCases
        var unknown = Self.unknown(document.allKeys, known: Set(groups.map(\.rawValue) + [Self.metaKey]), prefix: "")
        self.init()
        for group in groups {
            let key = DocumentKey(group.rawValue)
            guard document.contains(key), try !document.decodeNil(forKey: key) else { continue }
            let part = try document.nestedContainer(keyedBy: DocumentKey.self, forKey: key)
            let features = group.features
            unknown += Self.unknown(part.allKeys, known: Set(features.map(\.rawValue)), prefix: group.rawValue + ".")
            for feature in features { values[feature] = try part.decodeIfPresent(String.self, forKey: DocumentKey(feature.rawValue)) }
        }
        let key = DocumentKey(Self.metaKey)
        if document.contains(key), try !document.decodeNil(forKey: key) {
            meta = try document.decode(Meta.self, forKey: key)
            let part = try document.nestedContainer(keyedBy: DocumentKey.self, forKey: key)
            unknown += Self.unknown(part.allKeys, known: Set(Meta.Key.allCases.map(\.rawValue)), prefix: "meta.")
        }
        unknownKeys = Array(unknown.sorted().prefix(Self.mostUnknownKeys))
    }

    private static func unknown(_ keys: [DocumentKey], known: Set<String>, prefix: String) -> [String] {
        keys.map(\.stringValue).filter { !known.contains($0) }.map { prefix + $0.prefix(longestUnknownKey) }
    }

    /// Features that aren't known are written as null: clients of the old service look for the keys.
    public func encode(to encoder: any Encoder) throws {
        var document = encoder.container(keyedBy: DocumentKey.self)
        for group in FaceFeature.Group.allCases {
            var part = document.nestedContainer(keyedBy: DocumentKey.self, forKey: DocumentKey(group.rawValue))
            for feature in group.features { try part.encode(values[feature], forKey: DocumentKey(feature.rawValue)) }
        }
        try document.encode(meta, forKey: DocumentKey(Self.metaKey))
    }
}

extension FaceFeatures.Meta: Codable {
    enum Key: String, CodingKey, CaseIterable {
        case faceDetected = "face_detected"
        case numFaces = "num_faces"
        case qualityScore = "quality_score"
        case confidence
        case faceBox = "face_box"
    }

    public init(from decoder: any Decoder) throws {
        let part = try decoder.container(keyedBy: Key.self)
        self.init(
            faceDetected: try part.decodeIfPresent(Bool.self, forKey: .faceDetected) ?? false,
            numFaces: try part.decodeIfPresent(Int.self, forKey: .numFaces) ?? 0,
            qualityScore: try part.decodeIfPresent(Double.self, forKey: .qualityScore) ?? 0,
            faceBox: try part.decodeIfPresent(PixelRect.self, forKey: .faceBox))
        for (name, value) in try part.decodeIfPresent([String: Double].self, forKey: .confidence) ?? [:] {
            guard let feature = FaceFeature(rawValue: name), (0...1).contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .confidence, in: part, debugDescription: "The confidence holds names of features, with numbers from 0 to 1.")
            }
            confidence[feature] = value
        }
        guard numFaces >= 0, (0...1).contains(qualityScore) else {
            throw DecodingError.dataCorruptedError(
                forKey: numFaces < 0 ? .numFaces : .qualityScore, in: part, debugDescription: "The number is out of range.")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var part = encoder.container(keyedBy: Key.self)
        try part.encode(faceDetected, forKey: .faceDetected)
        try part.encode(numFaces, forKey: .numFaces)
        try part.encode(qualityScore, forKey: .qualityScore)
        // The old service had neither of the two: they are there only when they say something.
        if !confidence.isEmpty {
            try part.encode(Dictionary(uniqueKeysWithValues: confidence.map { ($0.key.rawValue, $0.value) }), forKey: .confidence)
        }
        try part.encodeIfPresent(faceBox, forKey: .faceBox)
    }
}
