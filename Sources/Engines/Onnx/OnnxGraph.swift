import Foundations

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
        var content = ProtobufWriter()
        for node in kept.reversed() {
            if let original = node.original { content.append(original) } else { content.message(GraphField.node, node.write) }
        }
        for (name, values) in constants { content.message(GraphField.constant) { Self.write(name, values, to: &$0) } }
        for field in graph {
            if field.number == GraphField.input, let name = Self.name(field), !needed.contains(name) { continue }
            content.append(field.whole)
        }
        var file = ProtobufWriter()
        for field in model { file.append(field.whole) }
        file.bytes(Self.graphField, content.bytes)
        return file.bytes
    }

    private static func name(_ field: Protobuf.Field) -> String? { Protobuf.fields(field.content)?.first { $0.number == 1 }?.text }

    /// A tensor of 64-bit integers.
    private static func write(_ name: String, _ values: [Int64], to tensor: inout ProtobufWriter) {
        tensor.varint(1, UInt64(values.count))
        tensor.varint(2, UInt64(Tensor.ElementType.int64.rawValue))
        tensor.text(8, name)
        tensor.bytes(9, values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
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

    fileprivate func write(to node: inout ProtobufWriter) {
        for input in inputs { node.text(1, input) }
        for output in outputs { node.text(2, output) }
        node.text(4, type)
        for (name, value) in attributes {
            node.message(5) { attribute in
                attribute.text(1, name)
                switch value {
                case .float(let number):
                    attribute.fixed32(2, number.bitPattern)
                    attribute.varint(20, UInt64(Kind.float))
                case .integer(let number):
                    attribute.varint(3, UInt64(bitPattern: number))
                    attribute.varint(20, UInt64(Kind.integer))
                case .integers(let numbers):
                    for number in numbers { attribute.varint(8, UInt64(bitPattern: number)) }
                    attribute.varint(20, UInt64(Kind.integers))
                // Only nodes that were read have any, and those are copied as they stood.
                case .other: break
                }
            }
        }
        if !domain.isEmpty { node.text(7, domain) }
    }
}
