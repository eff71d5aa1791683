/// Keeps the best of boxes that mean the same thing.
enum NonMaximumSuppression {
    /// - Returns: detections, best score first, none overlapping a better one of the same label by more than `threshold`.
    static func apply(_ detections: [Detection], threshold: Double, limit: Int) -> [Detection] {
        var kept: [Detection] = []
        for candidate in detections.sorted(by: { $0.score > $1.score }) {
            guard kept.count < limit else { break }
            let repeats = kept.contains {
                $0.label == candidate.label && $0.box.overlap(with: candidate.box) > threshold
            }
            if !repeats, candidate.box.area > 0 { kept.append(candidate) }
        }
        return kept
    }
}
