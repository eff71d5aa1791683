import Foundation
import Yams

/// One section of a `handler.yaml`, read key by key. What doesn't fit is a fault that names the key and its line.
struct PlanSection {
    private let path: String
    private let line: Int?
    /// A key without a value counts as not given.
    private let values: [String: Node]
    private let lines: [String: Int]

    /// - Parameter path: empty for the file's top.
    init(_ node: Node, path: String) throws {
        guard case .mapping(let mapping) = node else {
            let message = "must hold keys with values"
            throw OnnxPlanFault(key: path, line: node.mark?.line, message: path.isEmpty ? "it \(message)" : message)
        }
        var values: [String: Node] = [:]
        var lines: [String: Int] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw OnnxPlanFault(key: path, line: key.mark?.line, message: "has a key that isn't text")
            }
            lines[name] = key.mark?.line ?? 0
            if value.null == nil { values[name] = value }
        }
        self.path = path
        self.values = values
        self.lines = lines
        line = node.mark?.line
    }

    /// Refuses keys that nobody reads.
    func check(known: [String]) throws {
        let unknown = lines.filter { !known.contains($0.key) }.min { ($0.value, $0.key) < ($1.value, $1.key) }
        if let unknown { throw fault(unknown.key, "isn't known; there are \(known.joined(separator: ", "))") }
    }

    func section(_ key: String) throws -> PlanSection? {
        try values[key].map { try PlanSection($0, path: full(key)) }
    }

    func text(_ key: String) throws -> String? {
        try values[key].map { node in
            guard let text = node.scalar?.string else { throw fault(key, "must be text") }
            return text
        }
    }

    /// One of an enum's words.
    func choice<T: RawRepresentable & CaseIterable>(_ key: String, _: T.Type) throws -> T? where T.RawValue == String {
        try values[key].map { node in
            guard let choice = node.scalar.flatMap({ T(rawValue: $0.string) }) else {
                throw fault(key, "must be one of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return choice
        }
    }

    func whole(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        try values[key].map { node in
            guard let value = node.scalar.flatMap({ Int($0.string) }), range.contains(value) else {
                throw fault(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }

    func number(_ key: String) throws -> Double? {
        try values[key].map { node in
            guard let value = Self.finite(node) else { throw fault(key, "must be a number") }
            return value
        }
    }

    /// As many numbers as there are places; one number alone counts for all of them.
    /// - Parameter what: what the places are, a plural: "channels".
    func numbers(_ key: String, for places: Int, _ what: String) throws -> [Double]? {
        try values[key].map { node in
            if let value = Self.finite(node) { return [Double](repeating: value, count: places) }
            let numbers = (node.sequence.map { Array($0) } ?? []).compactMap { Self.finite($0) }
            guard numbers.count == places, node.sequence?.count == places else {
                throw fault(key, "must be a number, or a list of \(places), as there are \(places) \(what)")
            }
            return numbers
        }
    }

    /// As `numbers`, for what divides.
    func divisors(_ key: String, for places: Int, _ what: String) throws -> [Double]? {
        let divisors = try numbers(key, for: places, what)
        if divisors?.contains(0) == true { throw fault(key, "must not be 0") }
        return divisors
    }

    func numbersByName(_ key: String) throws -> [String: Double]? {
        guard let inner = try section(key) else { return nil }
        var numbers: [String: Double] = [:]
        for name in inner.values.keys { numbers[name] = try inner.number(name) }
        return numbers
    }

    func texts(_ key: String) throws -> [String]? {
        try list(key)?.map { node in
            guard let text = node.scalar?.string else { throw fault(key, "must hold texts only") }
            return text
        }
    }

    func isList(_ key: String) -> Bool { values[key]?.sequence != nil }

    /// A fault of one of the section's keys. It bears the key's line, or else the section's.
    func fault(_ key: String, _ message: String) -> OnnxPlanFault {
        OnnxPlanFault(key: full(key), line: lines[key] ?? line, message: message)
    }

    private func list(_ key: String) throws -> [Node]? {
        try values[key].map { node in
            guard let sequence = node.sequence else { throw fault(key, "must be a list") }
            return Array(sequence)
        }
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private static func finite(_ node: Node) -> Double? {
        guard let text = node.scalar?.string, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
