import Foundation
import Yams

/// A `handler.yaml`: how files become the model's input, and its output an answer.
package struct OnnxHandlerPlan: Sendable, Equatable {
    package enum Input: Sendable, Equatable {
        case image(ImageInput)
        case table(TableInput)
    }

    package var input: Input
    package var output: FileOutput

    /// The longest `handler.yaml`, and the longest file of labels.
    package static let maxBytes = 16 << 20

    private enum InputKind: String, CaseIterable { case image, table }
    private enum OutputKind: String, CaseIterable { case classes, values }

    /// - Parameter labels: reads the file of that name beside the `handler.yaml`; `nil` when it can't be read.
    /// - Throws: `OnnxPlanFault`.
    package init(yaml: String, labels: (String) -> String?) throws {
        let root = try PlanSection(try Self.compose(yaml), path: "")
        try root.check(known: ["input", "output"])
        guard let input = try root.section("input") else { throw root.fault("input", "is missing") }
        guard let output = try root.section("output") else { throw root.fault("output", "is missing") }
        switch try input.choice("kind", InputKind.self) {
        case .image: self.input = .image(try ImageInput(input))
        case .table: self.input = .table(try TableInput(input))
        case nil: throw input.fault("kind", "is missing")
        }
        switch try output.choice("kind", OutputKind.self) {
        case .classes: self.output = .classes(try ClassOutput(output, labels: labels))
        case .values: self.output = .values(try ValueOutput(output))
        case nil: throw output.fault("kind", "is missing")
        }
    }

    private static func compose(_ yaml: String) throws -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml) else { throw OnnxPlanFault(key: "", message: "it is empty") }
            return node
        } catch let error as YamlError {
            throw OnnxPlanFault(key: "", line: line(of: error), message: "it isn't valid YAML")
        }
    }

    private static func line(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }
}
