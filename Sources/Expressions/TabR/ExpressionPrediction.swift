import Foundations

/// What a model says of a video: each row's judgement, and the majority's.
package struct ExpressionPrediction: Sendable {
    package let labels: [String]
    package let threshold: Double
    package private(set) var probabilities: [Float] = []

    package init(labels: [String], threshold: Double) {
        self.labels = labels
        self.threshold = threshold
    }

    init(_ facts: TabRModel.Facts) { self.init(labels: facts.labels, threshold: facts.threshold) }

    package mutating func add(_ more: [Float]) { probabilities += more }

    mutating func add(_ judgements: [TabRModel.Judgement]) { add(judgements.map(\.probability)) }

    func vote(_ probability: Float) -> Int { Double(probability) > threshold ? 1 : 0 }

    /// The original's keys. A tie is 0.
    package var json: [String: JSONValue] {
        let votes = probabilities.map(vote)
        let rows = votes.count
        let ones = votes.reduce(0, +)
        let winner = ones * 2 > rows ? 1 : 0
        let share = { (count: Int) in JSONValue.number(rows == 0 ? 0 : Double(count) / Double(rows)) }
        return [
            "prediction": .integer(winner), "prediction_label": .string(labels[winner]), "confidence": share(winner == 1 ? ones : rows - ones),
            "avg_probability": .number(rows == 0 ? 0 : probabilities.reduce(0) { $0 + Double($1) } / Double(rows)), "total_frames": .integer(rows),
            "anxiety_frame_ratio": share(ones), "non_anxiety_frame_ratio": share(rows - ones),
            "frame_predictions": .array(votes.map(JSONValue.integer)),
            "frame_probabilities": .array(probabilities.map { .number(Double($0)) }),
        ]
    }
}
