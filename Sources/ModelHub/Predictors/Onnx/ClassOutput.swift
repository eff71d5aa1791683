import Foundation
import Foundations

/// What a `handler.yaml` says about classes as output.
package struct ClassOutput: Sendable, Equatable {
    package enum Activation: String, Sendable, CaseIterable {
        /// The model's numbers are scores already.
        case none
        case softmax
        case sigmoid
    }

    package struct Score: Sendable, Equatable {
        package var index: Int
        package var value: Double

        package init(index: Int, value: Double) {
            self.index = index
            self.value = value
        }
    }

    /// `nil`: the model's only output.
    package var name: String?
    package var activation = Activation.none
    /// By index; empty when the classes have no names.
    package var labels: [String] = []
    /// Most classes of an answer.
    package var top = 5
    /// Classes below it are left out.
    package var threshold: Double?

    package static let maxTop = 10_000

    package init() {}

    /// - Parameter read: reads a file beside the `handler.yaml`.
    init(_ section: PlanSection, labels read: (String) -> String?) throws {
        try section.check(known: ["kind", "name", "activation", "labels", "top", "threshold"])
        name = try section.text("name")
        activation = try section.choice("activation", Activation.self) ?? activation
        top = try section.whole("top", in: 1...Self.maxTop) ?? top
        threshold = try section.number("threshold")
        if section.isList("labels") {
            labels = try section.texts("labels") ?? []
        } else if let file = try section.text("labels") {
            guard !file.contains("/"), !file.hasPrefix("."), let text = read(file) else {
                throw section.fault("labels", "must be a list, or the name of a text file beside handler.yaml")
            }
            labels = Self.lines(of: text)
        }
    }

    /// One label a line; an empty last line isn't one.
    package static func lines(of text: String) -> [String] {
        // Swift counts a carriage return with its line feed as one character, which isn't a line feed.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// A score for each of the model's numbers.
    package func scores(_ values: [Double]) -> [Double] {
        switch activation {
        case .none: return values
        case .sigmoid: return values.map { 1 / (1 + exp(-$0)) }
        case .softmax:
            // Against the largest, so that nothing overflows.
            let largest = values.max() ?? 0
            let powers = values.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }

    /// The best classes, best first; of equal ones the lower index first. What is no number comes last.
    package func best(_ values: [Double]) -> [Score] {
        let scores = scores(values).enumerated().map { Score(index: $0.offset, value: $0.element) }
        let wanted = threshold.map { least in scores.filter { $0.value >= least } } ?? scores
        func rank(_ score: Score) -> (Double, Int) { (score.value.isNaN ? -Double.infinity : score.value, -score.index) }
        return Array(wanted.sorted { rank($0) > rank($1) }.prefix(top))
    }

    /// `[{"index", "label", "score"}]`, as `best`.
    package func answer(_ values: [Double]) -> JSONValue {
        .array(
            best(values).map { score in
                var entry: [String: JSONValue] = ["index": .integer(score.index), "score": .number(score.value)]
                if labels.indices.contains(score.index) { entry["label"] = .string(labels[score.index]) }
                return .object(entry)
            })
    }
}
