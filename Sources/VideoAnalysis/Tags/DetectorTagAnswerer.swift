import Engines
import Foundations
import Media
import ModelHub

/// Judges tags that name things an object detector knows. Other tags stay unknown: it never says that something it can't see
/// is absent.
package struct DetectorTagAnswerer: TagAnswerer {
    private let detector: any Detector

    package var name: String { TagAnswerers.detector }
    package var longSide: Int { 640 }

    package init(detector: any Detector) { self.detector = detector }

    /// Everyday words for COCO's.
    private static let synonyms: [String: [String]] = [
        "people": ["person"], "human": ["person"], "pedestrian": ["person"], "bike": ["bicycle"], "motorbike": ["motorcycle"],
        "plane": ["airplane"], "aeroplane": ["airplane"], "aircraft": ["airplane"], "ship": ["boat"], "bag": ["handbag", "backpack", "suitcase"],
        "phone": ["cell phone"], "mobile phone": ["cell phone"], "smartphone": ["cell phone"], "sofa": ["couch"], "television": ["tv"],
        "monitor": ["tv"], "table": ["dining table"], "plant": ["potted plant"], "racket": ["tennis racket"], "ball": ["sports ball"],
        "fridge": ["refrigerator"], "hydrant": ["fire hydrant"], "doughnut": ["donut"], "kitten": ["cat"], "puppy": ["dog"],
        "vehicle": ["car", "bus", "truck", "motorcycle", "train", "boat", "airplane", "bicycle"],
        "animal": ["bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"],
    ]
    private static let names = Set(COCOLabels.names)

    /// COCO's words for a tag: case, hyphens, underscores and a plural don't matter. Empty: there are none.
    package static func labels(of tag: String) -> [String] {
        let plain = tag.lowercased().split(whereSeparator: { $0 == "_" || $0 == "-" || $0.isWhitespace }).joined(separator: " ")
        var forms = [plain]
        if plain.hasSuffix("ies") { forms.append(plain.dropLast(3) + "y") }
        if plain.hasSuffix("es") { forms.append(String(plain.dropLast(2))) }
        if plain.hasSuffix("s") { forms.append(String(plain.dropLast())) }
        for form in forms {
            if names.contains(form) { return [form] }
            if let labels = synonyms[form] { return labels }
        }
        return []
    }

    package func unsupported(_ tags: [String]) -> [String] { tags.filter { Self.labels(of: $0).isEmpty } }

    package func scores(of image: RGBImage, tags: [String], context: RequestContext) async throws -> [Double?] {
        var best: [String: Double] = [:]
        for detection in try await detector.detect(in: image) {
            best[detection.label] = max(best[detection.label] ?? 0, Double(detection.score))
        }
        return tags.map { tag in
            let labels = Self.labels(of: tag)
            return labels.isEmpty ? nil : labels.map { best[$0] ?? 0 }.max()
        }
    }
}
