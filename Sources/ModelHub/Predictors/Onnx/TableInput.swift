import Engines

/// What a `handler.yaml` says about tables as input.
package struct TableInput: Sendable, Equatable {
    /// `nil`: the model's only input.
    package var name: String?
    /// In the tensor's order.
    package var columns: [String]
    /// What stands for empty cells; columns without an entry are required.
    package var missing: [String: Double]
    /// A cell becomes `(cell - mean) / std`.
    package var mean: [Double]
    package var std: [Double]

    package init(
        name: String? = nil, columns: [String], missing: [String: Double] = [:], mean: [Double]? = nil, std: [Double]? = nil
    ) {
        self.name = name
        self.columns = columns
        self.missing = missing
        self.mean = mean ?? columns.map { _ in 0 }
        self.std = std ?? columns.map { _ in 1 }
    }

    init(_ section: PlanSection) throws {
        try section.check(known: ["kind", "name", "columns", "missing", "mean", "std"])
        let columns = try section.texts("columns") ?? []
        guard !columns.isEmpty else { throw section.fault("columns", "must name the columns, one at least") }
        guard columns.count <= CSVReader.maxFields else {
            throw section.fault("columns", "may have \(CSVReader.maxFields) names at most")
        }
        guard Set(columns).count == columns.count else { throw section.fault("columns", "has a name twice") }
        let missing = try section.numbersByName("missing") ?? [:]
        if let unknown = missing.keys.sorted().first(where: { !columns.contains($0) }) {
            throw section.fault("missing", "names '\(unknown)', which is none of the columns")
        }
        self.init(
            name: try section.text("name"), columns: columns, missing: missing,
            mean: try section.numbers("mean", for: columns.count, "columns"),
            std: try section.divisors("std", for: columns.count, "columns"))
    }

    /// - Parameter shape: of the model's input; `nil` for dimensions that it leaves open.
    /// - Throws: `OnnxPlanFault` when the two don't fit.
    package func check(shape: [Int?], elementType: Tensor.ElementType?) throws {
        guard elementType == .float32 || elementType == .float64 else {
            throw OnnxPlanFault(key: "input", message: "isn't possible: the model takes neither 32-bit nor 64-bit floats")
        }
        guard shape.count == 2 else {
            throw OnnxPlanFault(
                key: "input", message: "isn't possible: the model's input has \(shape.count) dimensions, where tables have 2")
        }
        if let declared = shape[1], declared != columns.count {
            throw OnnxPlanFault(
                key: "input.columns", message: "has \(columns.count) names, where the model takes \(declared) columns")
        }
    }
}
