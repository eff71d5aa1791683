import Foundation
import Foundations

/// A safetensors file: named tensors, read one at a time.
package struct SafetensorsFile {
    /// Why a file isn't what it should be; a sentence for people.
    package struct Fault: Error { package let reason: String }

    private struct Entry {
        var type: String
        var shape: [Int]
        var offset: Int
        var bytes: Int
    }

    private static let maxHeader = 4 << 20

    package let name: String
    private let url: URL
    private let entries: [String: Entry]
    private let start: Int

    /// - Throws: `Fault`.
    package init(_ url: URL) throws {
        self.url = url
        name = url.lastPathComponent
        let handle = try Self.opened(url)
        defer { try? handle.close() }
        guard let size = try? Int(handle.seekToEnd()), (try? handle.seek(toOffset: 0)) != nil, let head = try? handle.read(upToCount: 8), head.count == 8
        else { throw Fault(reason: "\(name) is no safetensors file.") }
        let length = head.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length >= 2, length <= UInt64(Self.maxHeader), let header = try? handle.read(upToCount: Int(length)), header.count == Int(length),
            let object = (try? JSONValue(parsing: header))?.objectValue
        else { throw Fault(reason: "\(name) is no safetensors file.") }
        start = 8 + Int(length)
        var entries: [String: Entry] = [:]
        for (key, value) in object where key != "__metadata__" {
            let shape = value["shape"]?.arrayValue?.compactMap(\.intValue) ?? [-1]
            let offsets = value["data_offsets"]?.arrayValue?.compactMap(\.intValue) ?? []
            guard let type = value["dtype"]?.stringValue, shape.allSatisfy({ (0...1 << 32).contains($0) }), shape.count <= 4, offsets.count == 2,
                offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= size - start
            else { throw Fault(reason: "\(name): the tensor \(key) lies outside of the file.") }
            entries[key] = Entry(type: type, shape: shape, offset: offsets[0], bytes: offsets[1] - offsets[0])
        }
        self.entries = entries
    }

    private static func opened(_ url: URL) throws -> FileHandle {
        guard let handle = try? FileHandle(forReadingFrom: url) else { throw Fault(reason: "\(url.lastPathComponent) is missing.") }
        return handle
    }

    /// The shape of a tensor.
    package func shape(_ tensor: String) throws -> [Int] {
        guard let entry = entries[tensor] else { throw Fault(reason: "\(name) lacks the tensor \(tensor).") }
        return entry.shape
    }

    /// A tensor of single precision numbers, all finite.
    /// - Parameter shape: what it must be.
    package func floats(_ tensor: String, _ shape: [Int]) throws -> [Float] {
        let values: [Float] = try read(tensor, "F32", shape, rows: nil)
        guard values.allSatisfy(\.isFinite) else { throw Fault(reason: "\(name): the tensor \(tensor) holds numbers that aren't finite.") }
        return values
    }

    /// Some rows of a matrix of single precision numbers.
    package func floats(_ tensor: String, rows: Range<Int>, of shape: [Int]) throws -> [Float] { try read(tensor, "F32", shape, rows: rows) }

    package func integers(_ tensor: String, _ shape: [Int]) throws -> [Int64] { try read(tensor, "I64", shape, rows: nil) }

    private func read<T: BitwiseCopyable>(_ tensor: String, _ type: String, _ shape: [Int], rows: Range<Int>?) throws -> [T] {
        guard let entry = entries[tensor] else { throw Fault(reason: "\(name) lacks the tensor \(tensor).") }
        let size = MemoryLayout<T>.size
        guard entry.type == type, entry.shape == shape, entry.bytes == shape.reduce(1, *) * size else {
            throw Fault(reason: "\(name): the tensor \(tensor) is \(entry.type) \(entry.shape), where \(type) \(shape) is needed.")
        }
        let width = shape.dropFirst().reduce(1, *)
        let range = rows ?? 0..<(shape.first ?? 1)
        let handle = try Self.opened(url)
        defer { try? handle.close() }
        let wanted = range.count * width * size
        guard (try? handle.seek(toOffset: UInt64(start + entry.offset + range.lowerBound * width * size))) != nil,
            let data = wanted == 0 ? Data() : try? handle.read(upToCount: wanted), data.count == wanted
        else { throw Fault(reason: "\(name) is cut short.") }
        return [T](unsafeUninitializedCapacity: wanted / size) { out, count in
            data.copyBytes(to: UnsafeMutableRawBufferPointer(out))
            count = wanted / size
        }
    }
}
