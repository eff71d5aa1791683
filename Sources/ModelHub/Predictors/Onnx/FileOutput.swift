import Engines
import Foundations

/// How a model's output becomes an answer.
package enum FileOutput: Sendable, Equatable {
    case classes(ClassOutput)
    case values(ValueOutput)

    /// `nil`: the model's only output.
    package var name: String? {
        switch self {
        case .classes(let output): output.name
        case .values(let output): output.name
        }
    }

    /// The answer to one file or row.
    package func answer(_ values: [Double]) -> [String: JSONValue] {
        switch self {
        case .classes(let output): ["classes": output.answer(values)]
        case .values: ["values": .array(values.map(JSONValue.number))]
        }
    }

    /// How many values `answer` gives for one file or row at most.
    package func size(of values: Int) -> Int {
        switch self {
        case .classes(let output): min(output.top, values)
        case .values: values
        }
    }

    /// - Parameter shape: of the model's output; `nil` for dimensions that it leaves open.
    /// - Throws: `OnnxPlanFault` when the two don't fit.
    package func check(shape: [Int?], elementType: Tensor.ElementType?) throws {
        guard let elementType, Tensor.hasNumbers(elementType) else {
            throw OnnxPlanFault(key: "output", message: "isn't possible: the model's output has elements that aren't read here")
        }
        guard case .classes(let output) = self, !output.labels.isEmpty, shape.count > 1 else { return }
        let sizes = shape.dropFirst().compactMap { $0 }
        guard sizes.count == shape.count - 1 else { return }
        let count = sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        if count != output.labels.count {
            throw OnnxPlanFault(
                key: "output.labels", message: "has \(output.labels.count) labels, where the model gives \(count) classes")
        }
    }
}
