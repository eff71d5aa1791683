import Foundation

/// Moonshine's encoder, which hears.
///
/// As it is published, each of its layers compares each moment with each other in a table: a table of 43 MB for 28 s of sound, three
/// times in memory. ONNX Runtime can do the same piece by piece, faster and without the table, when the model asks it to. So the
/// model's nodes are exchanged as it is loaded; if that fails, or gives something else, the model stays as it is.
package struct MoonshineEncoder: Sendable {
    /// Whether the nodes were exchanged.
    package let comparesPieceByPiece: Bool
    private let session: OnnxSession
    private let name: String

    /// What the convolutions (127 samples by 64, 7 by 3, 3 by 2) need for a single moment.
    static let fewestSamples = 895

    /// Loads the model: not for the cooperative pool.
    /// - Parameter heads: that each layer's attention has.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`.
    package init(_ file: URL, heads: Int, name: String, threads: Int, library: OnnxLibrary) throws {
        let exchanged = Self.exchanged(file, heads: heads, name: name, threads: threads, library: library)
        comparesPieceByPiece = exchanged != nil
        session = try exchanged ?? OnnxSession(.file(file), threads: threads, memory: .returned, library: library)
        self.name = name
        guard session.inputs.contains(where: { $0.name == "input_values" }), !session.outputs.isEmpty else {
            throw NativeEngineError.unexpectedModel(name: name, reason: "its encoder isn't Moonshine's")
        }
    }

    /// - Returns: the model with its nodes exchanged; `nil` when that doesn't succeed.
    private static func exchanged(_ file: URL, heads: Int, name: String, threads: Int, library: OnnxLibrary) -> OnnxSession? {
        func values(_ source: OnnxSession.Source) -> (session: OnnxSession, heard: [Float])? {
            guard let session = try? OnnxSession(source, threads: threads, memory: .returned, library: library),
                let heard = try? listen(to: testSound[...], by: session, name: name).withFloats({ Array($0) })
            else { return nil }
            return (session, heard)
        }
        let copy = FileManager.default.temporaryDirectory.appending(path: "martlet-encoder-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: copy) }
        // One after the other: of the published model only what it hears is kept, so that there is one model in memory at a time.
        guard let heard = values(.copied(file, to: copy))?.heard, let model = exchangingAttention(in: copy, heads: heads),
            let exchanged = values(.bytes(model, name: name)), isAlike(heard, exchanged.heard)
        else { return nil }
        return exchanged.session
    }

    /// A second of a tone that rises and falls.
    private static let testSound = (0..<SpeechTranscriber.sampleRate).map { Float($0 % 160) / 800 * sin(Float($0) / 2000) }

    /// Whether two models make the same of a sound, but for rounding.
    private static func isAlike(_ first: [Float], _ second: [Float]) -> Bool {
        guard first.count == second.count else { return false }
        let difference = zip(first, second).reduce(0) { $0 + abs($1.0 - $1.1) }
        return difference < first.reduce(0) { $0 + abs($1) } * 0.05
    }

    /// - Parameter samples: 16 kHz mono, `fewestSamples` or more.
    /// - Returns: what was heard, one moment after the other.
    func listen(to samples: ArraySlice<Float>) throws -> OnnxValue { try Self.listen(to: samples, by: session, name: name) }

    private static func listen(to samples: ArraySlice<Float>, by session: OnnxSession, name: String) throws -> OnnxValue {
        let shape = [1, samples.count]
        var inputs = ["input_values": try session.value(samples, shape: shape)]
        if session.inputs.contains(where: { $0.name == "attention_mask" }) {
            inputs["attention_mask"] = try session.value(repeatElement(Int64(1), count: samples.count), shape: shape)
        }
        let heard = try session.compute(inputs, wanted: session.outputs.prefix(1).map(\.name))
        guard let moments = heard.first, try moments.shape().count == 3 else {
            throw NativeEngineError.unexpectedModel(name: name, reason: "its encoder's output has another rank")
        }
        return moments
    }

    /// Makes one node of each layer's attention: that is softmax(scale * Q * transposed K + mask) * V. There is nothing to mask.
    /// - Returns: `nil` when there is none, or it isn't built as it is known.
    private static func exchangingAttention(in file: URL, heads: Int) -> [UInt8]? {
        guard let model = try? Data(contentsOf: file, options: .alwaysMapped), var graph = OnnxGraph([UInt8](model)) else { return nil }
        var users: [String: [Int]] = [:]
        for (place, node) in graph.nodes.enumerated() {
            for input in node.inputs { users[input, default: []].append(place) }
        }
        let nodes = graph.nodes
        func user(_ place: Int, _ type: String) -> Int? {
            guard let output = nodes[place].outputs.first, let found = users[output], found.count == 1 else { return nil }
            return nodes[found[0]].type == type ? found[0] : nil
        }
        var exchanged: [Int: [OnnxGraph.Node]] = [:]
        for (place, products) in nodes.enumerated() where products.type == "FusedMatMul" {
            guard let masked = user(place, "Add"), let weights = user(masked, "Softmax"), let sums = user(weights, "MatMul"),
                let end = user(sums, "Transpose"), nodes[sums].inputs.first == nodes[weights].outputs.first,
                case .integers([0, 2, 1, 3])? = nodes[end].attributes["perm"], case .float(let scale)? = products.attributes["alpha"],
                case .integer(1)? = products.attributes["transB"], products.inputs.count == 2, nodes[sums].inputs.count == 2
            else { return nil }
            var made: [OnnxGraph.Node] = []
            let flat = (products.inputs + [nodes[sums].inputs[1]]).enumerated().map { part, input in
                let name = "martlet_\(place)_\(part)"
                made.append(OnnxGraph.Node("Transpose", [input], [name + "_turned"], ["perm": .integers([0, 2, 1, 3])]))
                made.append(OnnxGraph.Node("Reshape", [name + "_turned", "martlet_flat"], [name]))
                return name
            }
            made.append(
                OnnxGraph.Node(
                    "MultiHeadAttention", flat, ["martlet_\(place)"], domain: "com.microsoft",
                    ["num_heads": .integer(Int64(heads)), "scale": .float(scale)]))
            made.append(OnnxGraph.Node("Reshape", ["martlet_\(place)", "martlet_heads"], nodes[end].outputs))
            exchanged[end] = made
        }
        guard !exchanged.isEmpty else { return nil }
        graph.nodes = nodes.enumerated().flatMap { exchanged[$0] ?? [$1] }
        graph.constants = ["martlet_flat": [0, 0, -1], "martlet_heads": [0, 0, Int64(heads), -1]]
        return graph.bytes()
    }
}
