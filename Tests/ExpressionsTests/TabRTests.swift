import Expressions
import Foundation
import Foundations
import Testing

@Suite struct MatrixTests {
    @Test(arguments: [(1, 1, 1), (4, 16, 4), (5, 37, 7), (9, 128, 130), (3, 15, 2)]) func productsAreThoseWrittenOut(rows: Int, depth: Int, outputs: Int) {
        var numbers = SeededNumbers(UInt64(rows * 1000 + depth))
        func matrix(_ rows: Int, _ columns: Int) -> Matrix {
            Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &numbers) })
        }
        let (a, b) = (matrix(rows, depth), matrix(outputs, depth))
        let bias = (0..<outputs).map { Float($0) }
        let product = a.times(transposed: b, plus: bias)
        for row in 0..<rows {
            for output in 0..<outputs {
                let expected = (0..<depth).reduce(Double(bias[output])) { $0 + Double(a.values[row * depth + $1]) * Double(b.values[output * depth + $1]) }
                #expect(abs(Double(product.values[row * outputs + output]) - expected) < 1e-4)
            }
        }
    }
}

@Suite struct ExpressionPredictionTests {
    private func prediction(_ probabilities: [Float]) -> [String: JSONValue] {
        var prediction = ExpressionPrediction(labels: ["non_anxiety", "anxiety"], threshold: 0.5)
        prediction.add(probabilities)
        return prediction.json
    }

    @Test func aTieIsZero() {
        let json = prediction([0.9, 0.1])
        #expect(json["prediction"] == 0 && json["prediction_label"] == "non_anxiety")
        #expect(json["confidence"] == .number(0.5))
    }

    @Test func exactlyTheThresholdIsZero() { #expect(prediction([0.5])["frame_predictions"] == [0]) }

    @Test func theMajorityDecides() {
        let json = prediction([0.9, 0.8, 0.2])
        #expect(json["prediction"] == 1 && json["total_frames"] == 3)
        #expect(json["confidence"] == .number(2.0 / 3) && json["anxiety_frame_ratio"] == .number(2.0 / 3))
        #expect(json["non_anxiety_frame_ratio"] == .number(1.0 / 3))
    }
}

/// A model folder written by the test, judged against the sums written out in double precision.
@Suite struct TabRModelTests {
    private static let d = 12, inputs = 10

    private struct Tensors {
        var values: [String: (shape: [Int], numbers: [Float])] = [:]

        /// As a safetensors file.
        var data: Data {
            var header: [String: JSONValue] = [:]
            var body = Data()
            for (name, tensor) in values.sorted(by: { $0.key < $1.key }) {
                let start = body.count
                tensor.numbers.withUnsafeBytes { body += $0 }
                header[name] = [
                    "dtype": "F32", "shape": .array(tensor.shape.map(JSONValue.integer)), "data_offsets": [.integer(start), .integer(body.count)],
                ]
            }
            return TabRModelTests.file(header, body)
        }
    }

    private static func file(_ header: [String: JSONValue], _ body: Data) -> Data {
        let text = JSONValue.object(header).encoded()
        var data = Data()
        withUnsafeBytes(of: UInt64(text.count).littleEndian) { data += $0 }
        return data + text + body
    }

    private func write(_ folder: URL, blocks: Int, rows: Int, m: Int) throws -> (weights: Tensors, x: [Float], y: [Int64]) {
        var numbers = SeededNumbers(UInt64(blocks * 100 + rows))
        var weights = Tensors()
        func add(_ name: String, _ shape: Int...) {
            weights.values[name] = (shape, (0..<shape.reduce(1, *)).map { _ in Float(numbers.normal() * 0.4) })
        }
        let d = Self.d
        add("encoder.linear.weight", d, Self.inputs)
        add("encoder.linear.bias", d)
        for block in (0..<blocks).map({ "encoder.blocks.\($0)" }) + ["predictor"] {
            add("\(block).0.weight", d)
            add("\(block).0.bias", d)
            for layer in [1, 4] {
                add("\(block).\(layer).weight", d, d)
                add("\(block).\(layer).bias", d)
            }
        }
        add("WK.weight", d, d)
        add("WY.weight", 2, d)
        add("T.fc1.weight", d, d)
        add("T.fc2.weight", d, d)
        add("head.weight", 2, d)
        add("head.bias", 2)
        let x = (0..<rows * Self.inputs).map { _ in Float(numbers.normal()) }
        let y = (0..<rows).map { _ in Int64.random(in: 0...1, using: &numbers) }
        try weights.data.write(to: folder.appending(path: "model.safetensors"))
        var body = Data()
        x.withUnsafeBytes { body += $0 }
        let split = body.count
        y.withUnsafeBytes { body += $0 }
        try Self.file(
            [
                "x": ["dtype": "F32", "shape": [.integer(rows), .integer(Self.inputs)], "data_offsets": [0, .integer(split)]],
                "y": ["dtype": "I64", "shape": [.integer(rows)], "data_offsets": [.integer(split), .integer(body.count)]],
            ], body
        ).write(to: folder.appending(path: "context.safetensors"))
        let ones = JSONValue.array((0..<Self.inputs).map { .number(1 + Double($0) / 10) })
        let facts: JSONValue = [
            "format": "martlet-tabr-1", "architecture": "lit-tabr", "features": .array((0..<Self.inputs).map { .string("f\($0)") }),
            "labels": ["no", "yes"], "m": .integer(m), "encoder_blocks": .integer(blocks), "d": .integer(d), "threshold": 0.5,
            "estimator": "hann2d", "imputer": ["statistics": ones], "scaler": ["mean": ones, "scale": ones], "synthetic": true,
        ]
        try facts.encoded().write(to: folder.appending(path: "model.json"))
        return (weights, x, y)
    }

    private func reference(_ row: [Double], _ model: (weights: Tensors, x: [Float], y: [Int64]), blocks: Int, m: Int) -> (Double, [Int]) {
        let d = Self.d
        func w(_ name: String) -> [Double] { (model.weights.values[name]?.numbers ?? []).map(Double.init) }
        func linear(_ x: [Double], _ name: String, bias: Bool) -> [Double] {
            let (weights, shifts) = (w("\(name).weight"), bias ? w("\(name).bias") : [])
            let outputs = weights.count / x.count
            return (0..<outputs).map { o in x.indices.reduce(bias ? shifts[o] : 0) { $0 + x[$1] * weights[o * x.count + $1] } }
        }
        func block(_ x: [Double], _ name: String) -> [Double] {
            let mean = x.reduce(0, +) / Double(d), variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(d)
            let (gains, shifts) = (w("\(name).0.weight"), w("\(name).0.bias"))
            let normal = x.indices.map { (x[$0] - mean) / (variance + 1e-5).squareRoot() * gains[$0] + shifts[$0] }
            return linear(linear(normal, "\(name).1", bias: true).map { max(0, $0) }, "\(name).4", bias: true)
        }
        func encoded(_ x: [Double]) -> [Double] {
            (0..<blocks).reduce(linear(x, "encoder.linear", bias: true)) { z, j in zip(z, block(z, "encoder.blocks.\(j)")).map(+) }
        }
        let z = encoded(row)
        let k = linear(z, "WK", bias: false)
        let keys = model.y.indices.map { index in
            linear(encoded(model.x[index * Self.inputs..<(index + 1) * Self.inputs].map(Double.init)), "WK", bias: false)
        }
        let distances = keys.map { key in zip(k, key).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
        let nearest = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(m)
        let least = nearest.map { distances[$0] }.min() ?? 0
        let powers = nearest.map { exp(-(distances[$0] - least)) }
        let sum = powers.reduce(0, +)
        var h = z
        for (index, power) in zip(nearest, powers) {
            let said = linear(linear(zip(k, keys[index]).map(-), "T.fc1", bias: false).map { max(0, $0) }, "T.fc2", bias: false)
            let label = w("WY.weight")[Int(model.y[index]) * d..<(Int(model.y[index]) + 1) * d]
            for (place, value) in zip(label, said).map(+).enumerated() { h[place] += power / sum * value }
        }
        h = zip(h, block(h, "predictor")).map(+)
        let logits = linear(h, "head", bias: true)
        return (1 / (1 + exp(logits[0] - logits[1])), Array(nearest))
    }

    @Test(arguments: [(0, 200, 8), (2, 60, 8), (0, 3, 8), (1, 5000, 1)]) func judgementsAreThoseWrittenOut(blocks: Int, rows: Int, m: Int) throws {
        try inTemporaryFolder { folder in
            let written = try write(folder, blocks: blocks, rows: rows, m: m)
            let model = try TabRModel(folder: folder)
            #expect(model.neighbours == min(m, rows) && model.facts.isSynthetic)
            var numbers = SeededNumbers(77)
            let scaled = (0..<20).map { _ in (0..<Self.inputs).map { _ in numbers.normal() } }
            // As measured: before the scaler.
            let measured = scaled.map { row in row.enumerated().map { (1 + Double($0) / 10) * ($1 + 1) } }
            for (row, judgement) in zip(scaled, model.judge(measured)) {
                let (probability, nearest) = reference(row, written, blocks: blocks, m: m)
                #expect(abs(Double(judgement.probability) - probability) < 1e-4)
                #expect(Set(judgement.neighbours) == Set(nearest))
            }
        }
    }

    @Test func missingNumbersAreFilledIn() throws {
        try inTemporaryFolder { folder in
            _ = try write(folder, blocks: 0, rows: 50, m: 4)
            let model = try TabRModel(folder: folder)
            let filled = (0..<Self.inputs).map { 1 + Double($0) / 10 }
            #expect(model.judge([[Double](repeating: .nan, count: Self.inputs)]) == model.judge([filled]))
        }
    }

    @Test func damagedFoldersSayWhatIsWrong() throws {
        try inTemporaryFolder { folder in
            func reason() -> String {
                do {
                    _ = try TabRModel(folder: folder)
                    return ""
                } catch {
                    return (error as? SafetensorsFile.Fault)?.reason ?? "\(error)"
                }
            }
            #expect(reason().contains("model.json is missing"))
            _ = try write(folder, blocks: 0, rows: 50, m: 4)
            let context = folder.appending(path: "context.safetensors")
            let whole = try Data(contentsOf: context)
            try whole.prefix(whole.count - 8).write(to: context)
            #expect(reason().contains("lies outside of the file"))
            try Data("{}".utf8).write(to: context)
            #expect(reason().contains("no safetensors file"))
            try whole.write(to: context)
            #expect(reason() == "")
            let facts = folder.appending(path: "model.json")
            let text = try String(contentsOf: facts, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "\"m\":4", with: "\"m\":0").utf8).write(to: facts)
            #expect(reason() == "model.json: m must be 1 to 4096.")
            try Data(text.replacingOccurrences(of: "\"d\":12", with: "\"d\":13").utf8).write(to: facts)
            #expect(reason().contains("is F32 [12, 10], where F32 [13, 10] is needed"))
        }
    }
}
