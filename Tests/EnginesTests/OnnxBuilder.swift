import Foundation

/// Writes tiny ONNX files (a protobuf; field numbers as in onnx.proto) for tests of the tensor boundary.
enum OnnxBuilder {
    /// A model that gives its one input `x` back as `y`.
    static func identity(elementType: Int, dimensions: [Int?], metadata: [(String, String)] = []) -> Data {
        func port(_ name: String) -> Data {
            let shape = dimensions.reduce(into: Data()) { shape, size in
                shape += message(1, size.map { number(1, $0) } ?? text(2, "n"))
            }
            return text(1, name) + message(2, message(1, number(1, elementType) + message(2, shape)))
        }
        let node = text(1, "x") + text(2, "y") + text(4, "Identity")
        let graph = message(1, node) + text(2, "identity") + message(11, port("x")) + message(12, port("y"))
        let properties = metadata.reduce(into: Data()) { $0 += message(14, text(1, $1.0) + text(2, $1.1)) }
        return number(1, 8) + message(7, graph) + message(8, number(2, 16)) + properties
    }

    private static func varint(_ value: Int) -> Data {
        var rest = UInt(value)
        var bytes = Data()
        repeat {
            bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    private static func number(_ field: Int, _ value: Int) -> Data { varint(field << 3) + varint(value) }
    private static func message(_ field: Int, _ content: Data) -> Data {
        varint(field << 3 | 2) + varint(content.count) + content
    }
    private static func text(_ field: Int, _ value: String) -> Data { message(field, Data(value.utf8)) }
}
