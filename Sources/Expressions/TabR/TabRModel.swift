import Crypto
import Foundation
import Foundations

/// A TabR model as the original system trains and serves it (its `LitTabR`): a row of features is judged by its own encoding and by the
/// most similar rows of a context that the model carries along.
///
/// The context's keys are computed once, when the model is loaded. Neighbours are exact: every key is looked at.
///
/// Source: Y. Gorishniy et al., "TabR: tabular deep learning meets nearest neighbors", arXiv:2307.14338; the original differs from it in
/// details (no bias in the key layer and in T, a plain head, eight neighbours), which are kept.
package struct TabRModel: Sendable {
    /// What `model.json` says.
    package struct Facts: Sendable, Equatable {
        package var features: [String]
        package var labels: [String]
        package var neighbours: Int
        package var encoderBlocks: Int
        package var width: Int
        package var threshold: Double
        package var estimator: MotionEstimator?
        package var isSynthetic: Bool
        package var note: String?
        package var fill: [Double]
        package var mean: [Double]
        package var scale: [Double]
    }

    private struct Layer: Sendable {
        var weights: Matrix
        var bias: [Float]?

        func callAsFunction(_ x: Matrix) -> Matrix { x.times(transposed: weights, plus: bias) }
    }

    /// Normalise, connect, rectify, connect.
    private struct Block: Sendable {
        var gains: [Float]
        var shifts: [Float]
        var first: Layer
        var second: Layer

        func callAsFunction(_ x: Matrix) -> Matrix { second(first(x.normalised(gains, shifts)).rectified) }
    }

    /// A row's judgement.
    package struct Judgement: Sendable, Equatable {
        /// Of label 1.
        package var probability: Float
        /// The context's rows that spoke, the most similar first.
        package var neighbours: [Int]
    }

    package let facts: Facts
    private let encoder: Layer
    private let encoderBlocks: [Block]
    private let key: Layer
    private let labelValues: Matrix
    private let first: Layer
    private let second: Layer
    private let predictor: Block
    private let head: Layer
    private let keys: Matrix
    private let keyNorms: [Float]
    private let contextLabels: [Int]

    /// Neighbours of each row: those that the model asks for, or all that there are.
    package var neighbours: Int { min(facts.neighbours, keys.rows) }

    /// Rows of the context that are encoded at once.
    private static let chunk = 2048
    private static let maxContext = 2_000_000

    /// Reads a model folder and encodes its context. Takes up to seconds: not for the cooperative pool.
    /// - Throws: `SafetensorsFile.Fault`.
    package init(folder: URL) throws {
        facts = try Self.facts(folder.appending(path: "model.json"))
        let weights = try SafetensorsFile(folder.appending(path: "model.safetensors"))
        let (d, inputs) = (facts.width, facts.features.count)
        func layer(_ name: String, _ rows: Int, _ columns: Int, hasBias: Bool) throws -> Layer {
            Layer(
                weights: Matrix(rows: rows, columns: columns, values: try weights.floats("\(name).weight", [rows, columns])),
                bias: hasBias ? try weights.floats("\(name).bias", [rows]) : nil)
        }
        func block(_ name: String) throws -> Block {
            Block(
                gains: try weights.floats("\(name).0.weight", [d]), shifts: try weights.floats("\(name).0.bias", [d]),
                first: try layer("\(name).1", d, d, hasBias: true), second: try layer("\(name).4", d, d, hasBias: true))
        }
        let encoder = try layer("encoder.linear", d, inputs, hasBias: true)
        let encoderBlocks = try (0..<facts.encoderBlocks).map { try block("encoder.blocks.\($0)") }
        let key = try layer("WK", d, d, hasBias: false)
        labelValues = Matrix(rows: 2, columns: d, values: try weights.floats("WY.weight", [2, d]))
        first = try layer("T.fc1", d, d, hasBias: false)
        second = try layer("T.fc2", d, d, hasBias: false)
        predictor = try block("predictor")
        head = try layer("head", 2, d, hasBias: true)
        self.encoder = encoder
        self.encoderBlocks = encoderBlocks
        self.key = key

        let context = try SafetensorsFile(folder.appending(path: "context.safetensors"))
        let rows = try context.shape("x").first ?? 0
        guard rows > 0, rows <= Self.maxContext else { throw SafetensorsFile.Fault(reason: "The context must have 1 to \(Self.maxContext) rows.") }
        let labels = try context.integers("y", [rows])
        guard labels.allSatisfy({ $0 == 0 || $0 == 1 }) else { throw SafetensorsFile.Fault(reason: "The context's labels must be 0 or 1.") }
        contextLabels = labels.map(Int.init)
        var keys = [Float]()
        keys.reserveCapacity(rows * d)
        for start in stride(from: 0, to: rows, by: Self.chunk) {
            let range = start..<min(rows, start + Self.chunk)
            let x = Matrix(rows: range.count, columns: inputs, values: try context.floats("x", rows: range, of: [rows, inputs]))
            guard x.values.allSatisfy(\.isFinite) else { throw SafetensorsFile.Fault(reason: "The context holds numbers that aren't finite.") }
            keys += key(Self.encoded(x, encoder, encoderBlocks)).values
        }
        self.keys = Matrix(rows: rows, columns: d, values: keys)
        keyNorms = (0..<rows).map { row in keys[row * d..<(row + 1) * d].reduce(0) { $0 + $1 * $1 } }
    }

    private static func encoded(_ x: Matrix, _ encoder: Layer, _ blocks: [Block]) -> Matrix {
        blocks.reduce(encoder(x)) { z, block in z + block(z) }
    }

    /// Judges rows.
    /// - Parameter rows: features in the model's order, as measured.
    package func judge(_ rows: [[Double]]) -> [Judgement] {
        guard !rows.isEmpty else { return [] }
        let columns = facts.features.count
        var x = Matrix(rows: rows.count, columns: columns)
        for (row, features) in rows.enumerated() {
            for column in 0..<columns {
                let value = features[column].isNaN ? facts.fill[column] : features[column]
                x.values[row * columns + column] = Float((value - facts.mean[column]) / facts.scale[column])
            }
        }
        let z = Self.encoded(x, encoder, encoderBlocks)
        let queries = key(z)
        let found = nearest(to: queries)
        // What each neighbour says goes through the second layer only as their weighted sum: the layer is linear.
        var retrieved = Matrix(rows: rows.count, columns: facts.width)
        var hidden = Matrix(rows: rows.count, columns: facts.width)
        for row in 0..<rows.count {
            let weights = Self.softmax(found[row].map { -$0.distance })
            var differences = Matrix(rows: found[row].count, columns: facts.width)
            for (place, neighbour) in found[row].enumerated() {
                for k in 0..<facts.width {
                    differences.values[place * facts.width + k] = queries.values[row * facts.width + k] - keys.values[neighbour.index * facts.width + k]
                }
            }
            let said = first(differences).rectified
            for (place, weight) in weights.enumerated() {
                let label = contextLabels[found[row][place].index]
                for k in 0..<facts.width {
                    retrieved.values[row * facts.width + k] += weight * labelValues.values[label * facts.width + k]
                    hidden.values[row * facts.width + k] += weight * said.values[place * facts.width + k]
                }
            }
        }
        let h = z + (retrieved + second(hidden))
        let logits = head(h + predictor(h))
        return (0..<rows.count).map { row in
            let probabilities = Self.softmax(Array(logits.row(row)))
            return Judgement(probability: probabilities[1], neighbours: found[row].map(\.index))
        }
    }

    private typealias Neighbour = (index: Int, distance: Float)

    /// The nearest keys of each query, the nearest first; of equally near ones those that come first.
    private func nearest(to queries: Matrix) -> [[Neighbour]] {
        let wanted = neighbours
        // Products of large numbers hide small distances: more are kept than are wanted, and measured anew.
        let kept = min(keys.rows, wanted + 8)
        var best = [[(index: Int, score: Float)]](repeating: [], count: queries.rows)
        for start in stride(from: 0, to: keys.rows, by: Self.chunk) {
            let range = start..<min(keys.rows, start + Self.chunk)
            let part = Matrix(
                rows: range.count, columns: keys.columns, values: Array(keys.values[range.lowerBound * keys.columns..<range.upperBound * keys.columns]))
            let products = queries.times(transposed: part)
            for query in 0..<queries.rows {
                for offset in 0..<range.count {
                    let score = keyNorms[start + offset] - 2 * products.values[query * range.count + offset]
                    if best[query].count == kept, score >= best[query][kept - 1].score { continue }
                    let place = best[query].firstIndex { $0.score > score } ?? best[query].count
                    best[query].insert((start + offset, score), at: place)
                    if best[query].count > kept { best[query].removeLast() }
                }
            }
        }
        return best.enumerated().map { query, candidates in
            let measured: [Neighbour] = candidates.map { candidate in
                var distance: Float = 0
                for k in 0..<keys.columns {
                    let difference = queries.values[query * keys.columns + k] - keys.values[candidate.index * keys.columns + k]
                    distance += difference * difference
                }
                return (candidate.index, distance)
            }
            return Array(measured.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(wanted))
        }
    }

    private static func softmax(_ values: [Float]) -> [Float] {
        let top = values.max() ?? 0
        let powers = values.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    // MARK: model.json

    private static let maxFactsBytes = 4 << 20

    private static func facts(_ url: URL) throws -> Facts {
        guard let data = try? Data(contentsOf: url), data.count <= maxFactsBytes, let json = try? JSONValue(parsing: data) else {
            throw SafetensorsFile.Fault(reason: "model.json is missing or no JSON. Make the folder with martlet expressions import.")
        }
        func fail(_ reason: String) -> SafetensorsFile.Fault { SafetensorsFile.Fault(reason: "model.json: \(reason)") }
        guard json["format"]?.stringValue == "martlet-tabr-1" else { throw fail("the format must be martlet-tabr-1.") }
        guard json["architecture"]?.stringValue == "lit-tabr" else { throw fail("the architecture must be lit-tabr.") }
        let features = json["features"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard !features.isEmpty, Set(features).count == features.count else { throw fail("features must be a list of different names.") }
        func integer(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
            guard let value = json[key]?.intValue, range.contains(value) else {
                throw fail("\(key) must be \(range.lowerBound) to \(range.upperBound).")
            }
            return value
        }
        func numbers(_ value: JSONValue?, _ name: String) throws -> [Double] {
            let numbers = value?.arrayValue?.compactMap(\.doubleValue) ?? []
            guard numbers.count == features.count, numbers.allSatisfy(\.isFinite) else { throw fail("\(name) must have a number for each feature.") }
            return numbers
        }
        let labels = json["labels"]?.arrayValue?.compactMap(\.stringValue) ?? []
        guard labels.count == 2 else { throw fail("labels must be two words.") }
        let scale = try numbers(json["scaler"]?["scale"], "scaler.scale")
        guard scale.allSatisfy({ $0 != 0 }) else { throw fail("scaler.scale holds a zero.") }
        var estimator: MotionEstimator?
        if let name = json["estimator"]?.stringValue {
            guard let known = MotionEstimator(rawValue: name) else { throw fail("the estimator \"\(name)\" isn't known.") }
            estimator = known
        }
        let facts = Facts(
            features: features, labels: labels, neighbours: try integer("m", 1...4096), encoderBlocks: try integer("encoder_blocks", 0...64),
            width: try integer("d", 1...8192), threshold: json["threshold"]?.doubleValue ?? 0.5, estimator: estimator,
            isSynthetic: json["synthetic"]?.boolValue ?? false, note: json["note"]?.stringValue,
            fill: try numbers(json["imputer"]?["statistics"], "imputer.statistics"), mean: try numbers(json["scaler"]?["mean"], "scaler.mean"),
            scale: scale)
        for (name, digest) in json["files"]?.objectValue ?? [:] {
            guard ["model.safetensors", "context.safetensors"].contains(name) else { continue }
            guard try sha256(url.deletingLastPathComponent().appending(path: name)) == digest.stringValue else {
                throw SafetensorsFile.Fault(reason: "\(name) isn't the file that model.json describes: its SHA-256 differs.")
            }
        }
        return facts
    }

    private static func sha256(_ url: URL) throws -> String {
        guard let handle = try? FileHandle(forReadingFrom: url) else { throw SafetensorsFile.Fault(reason: "\(url.lastPathComponent) is missing.") }
        defer { try? handle.close() }
        var hasher = SHA256()
        while let data = try? handle.read(upToCount: 1 << 20), !data.isEmpty { hasher.update(data: data) }
        return hasher.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
