/// An ONNX model's file as a list of nodes, some of which can be replaced.
package struct OnnxGraph {
    struct Node {
        enum Attribute {
            case float(Float)
            case integer(Int64)
            case integers([Int64])
            case other
        }

        var type: String
        var domain = ""
        var inputs: [String]
        var outputs: [String]
        var attributes: [String: Attribute] = [:]
        /// As it stood in the file; `nil`: it is a new one.
        fileprivate(set) var original: ArraySlice<UInt8>?

        init(_ type: String, _ inputs: [String], _ outputs: [String], domain: String = "", _ attributes: [String: Attribute] = [:]) {
            self.type = type
            self.inputs = inputs
            self.outputs = outputs
            self.domain = domain
            self.attributes = attributes
        }
    }

    /// In an order in which each comes after those that it needs.
    var nodes: [Node]
    /// New lists of 64-bit integers, by name.
    var constants: [String: [Int64]] = [:]

    /// The model without its graph, and the graph without its nodes.
    private let model: [Protobuf.Field]
    private let graph: [Protobuf.Field]

    // The fields' numbers in onnx.proto.
    private static let graphField = 7
    private enum GraphField { static let node = 1, constant = 5, input = 11, output = 12 }

    /// - Returns: `nil` when it isn't a model, or one with graphs inside its nodes.
    package init?(_ bytes: [UInt8]) {
        guard let model = Protobuf.fields(bytes[...]), let content = model.last(where: { $0.number == Self.graphField })?.content,
            let graph = Protobuf.fields(content)
        else { return nil }
        var nodes: [Node] = []
        for field in graph where field.number == GraphField.node {
            guard let node = Node(field) else { return nil }
            nodes.append(node)
        }
        self.nodes = nodes
        self.model = model.filter { $0.number != Self.graphField }
        self.graph = graph.filter { $0.number != GraphField.node }
    }

    /// The file, without nodes and inputs that nothing needs.
    package func bytes() -> [UInt8] {
        var needed = Set(graph.filter { $0.number == GraphField.output }.compactMap(Self.name))
        var kept: [Node] = []
        for node in nodes.reversed() where !needed.isDisjoint(with: node.outputs) {
            needed.formUnion(node.inputs)
            kept.append(node)
        }
        var content: [UInt8] = []
        for node in kept.reversed() { content += node.original ?? Protobuf.field(GraphField.node, node.bytes)[...] }
        for (name, values) in constants { content += Protobuf.field(GraphField.constant, Self.constant(name, values)) }
        for field in graph {
            if field.number == GraphField.input, let name = Self.name(field), !needed.contains(name) { continue }
            content += field.whole
        }
        return model.flatMap(\.whole) + Protobuf.field(Self.graphField, content)
    }

    private static func name(_ field: Protobuf.Field) -> String? { Protobuf.fields(field.content)?.first { $0.number == 1 }?.text }

    private static func constant(_ name: String, _ values: [Int64]) -> [UInt8] {
        let raw = values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        return Protobuf.field(1, Int64(values.count)) + Protobuf.field(2, Int64(Tensor.ElementType.int64.rawValue))
            + Protobuf.field(8, name.utf8) + Protobuf.field(9, raw)
    }
}

extension OnnxGraph.Node {
    private enum Kind { static let float: Int64 = 1, integer: Int64 = 2, graph: UInt64 = 5, integers: Int64 = 7, graphs: UInt64 = 10 }

    fileprivate init?(_ field: Protobuf.Field) {
        guard let fields = Protobuf.fields(field.content) else { return nil }
        func texts(_ number: Int) -> [String] { fields.filter { $0.number == number }.map(\.text) }
        self.init(texts(4).last ?? "", texts(1), texts(2), domain: texts(7).last ?? "")
        original = field.whole
        for field in fields where field.number == 5 {
            guard let parts = Protobuf.fields(field.content), let name = parts.first(where: { $0.number == 1 })?.text else { return nil }
            func part(_ number: Int) -> Protobuf.Field? { parts.last { $0.number == number } }
            let kind = part(20)?.value ?? 0
            guard kind != Kind.graph, kind != Kind.graphs else { return nil }
            attributes[name] =
                switch Int64(bitPattern: kind) {
                case Kind.float: .float(Float(bitPattern: UInt32(truncatingIfNeeded: part(2)?.value ?? 0)))
                case Kind.integer: .integer(Int64(bitPattern: part(3)?.value ?? 0))
                case Kind.integers:
                    .integers(
                        parts.filter { $0.number == 8 }.flatMap { $0.content.isEmpty ? [$0.value] : Protobuf.packed($0.content) ?? [] }
                            .map { Int64(bitPattern: $0) })
                default: .other
                }
        }
    }

    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for input in inputs { bytes += Protobuf.field(1, input.utf8) }
        for output in outputs { bytes += Protobuf.field(2, output.utf8) }
        bytes += Protobuf.field(4, type.utf8)
        for (name, value) in attributes {
            var attribute = Protobuf.field(1, name.utf8)
            switch value {
            case .float(let number): attribute += Protobuf.field(2, number) + Protobuf.field(20, Kind.float)
            case .integer(let number): attribute += Protobuf.field(3, number) + Protobuf.field(20, Kind.integer)
            case .integers(let numbers):
                for number in numbers { attribute += Protobuf.field(8, number) }
                attribute += Protobuf.field(20, Kind.integers)
            case .other: continue
            }
            bytes += Protobuf.field(5, attribute)
        }
        if !domain.isEmpty { bytes += Protobuf.field(7, domain.utf8) }
        return bytes
    }
}
