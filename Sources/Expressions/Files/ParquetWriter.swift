import Foundation

/// Writes an Apache Parquet file: required columns, plain values, no compression, row groups of a bounded size.
///
/// Source: Apache Parquet's format description (parquet.thrift, 2.x) and Thrift's compact protocol.
struct ParquetWriter {
    enum ColumnType: Sendable {
        case int32, double, string
    }

    struct Column: Sendable {
        var name: String
        var type: ColumnType
    }

    enum Value: Sendable {
        case int32(Int32)
        case double(Double)
        case string(String)
    }

    private static let magic = Data("PAR1".utf8)
    /// Rows of one group, which are held until they are written.
    private static let groupRows = 1024

    private struct Chunk {
        var offset: Int
        var bytes: Int
    }

    private let columns: [Column]
    private var pending: [[UInt8]]
    private var pendingRows = 0
    private var groups: [(rows: Int, chunks: [Chunk])] = []
    private var position = 0

    init(columns: [Column]) {
        self.columns = columns
        pending = Array(repeating: [], count: columns.count)
    }

    mutating func start() -> Data {
        position = Self.magic.count
        return Self.magic
    }

    /// Adds a row, a value for each column and of its type.
    /// - Returns: what to write when a group is full.
    mutating func add(_ row: [Value]) -> Data? {
        for (index, value) in row.enumerated() {
            switch value {
            case .int32(let number): withUnsafeBytes(of: number.littleEndian) { pending[index] += $0 }
            case .double(let number): withUnsafeBytes(of: number.bitPattern.littleEndian) { pending[index] += $0 }
            case .string(let text):
                withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { pending[index] += $0 }
                pending[index] += text.utf8
            }
        }
        pendingRows += 1
        return pendingRows == Self.groupRows ? group() : nil
    }

    /// The last group and the footer.
    mutating func finish(metadata: [String: String], createdBy: String) -> Data {
        var data = pendingRows > 0 ? group() : Data()
        let footer = footer(metadata, createdBy)
        data += footer
        withUnsafeBytes(of: UInt32(footer.count).littleEndian) { data += $0 }
        return data + Self.magic
    }

    private mutating func group() -> Data {
        var data = Data()
        var chunks: [Chunk] = []
        for index in columns.indices {
            var header = ThriftCompact()
            header.integer(1, 0)  // a data page
            header.integer(2, pending[index].count)  // uncompressed
            header.integer(3, pending[index].count)  // compressed
            header.structure(5) { page in
                page.integer(1, pendingRows)
                page.integer(2, 0)  // plain
                page.integer(3, 3)  // definition levels: run lengths; there are none
                page.integer(4, 3)
            }
            header.stop()
            chunks.append(Chunk(offset: position + data.count, bytes: header.bytes.count + pending[index].count))
            data += header.bytes
            data += pending[index]
            pending[index] = []
        }
        groups.append((pendingRows, chunks))
        pendingRows = 0
        position += data.count
        return data
    }

    private func physical(_ type: ColumnType) -> Int {
        switch type {
        case .int32: 1
        case .double: 5
        case .string: 6
        }
    }

    private func footer(_ metadata: [String: String], _ createdBy: String) -> [UInt8] {
        var file = ThriftCompact()
        file.integer(1, 1)
        file.list(2, columns.count + 1) { list in
            list.element { root in
                root.text(4, "schema")
                root.integer(5, columns.count)
            }
            for column in columns {
                list.element { element in
                    element.integer(1, physical(column.type))
                    element.integer(3, 0)  // required
                    element.text(4, column.name)
                    if case .string = column.type { element.integer(6, 0) }  // UTF-8
                }
            }
        }
        file.long(3, groups.reduce(0) { $0 + $1.rows })
        file.list(4, groups.count) { list in
            for group in groups {
                list.element { element in
                    element.list(1, columns.count) { chunks in
                        for (column, chunk) in zip(columns, group.chunks) {
                            chunks.element { entry in
                                entry.long(2, chunk.offset)
                                entry.structure(3) { facts in
                                    facts.integer(1, physical(column.type))
                                    facts.integers(2, [0])
                                    facts.texts(3, [column.name])
                                    facts.integer(4, 0)  // no compression
                                    facts.long(5, group.rows)
                                    facts.long(6, chunk.bytes)
                                    facts.long(7, chunk.bytes)
                                    facts.long(9, chunk.offset)
                                }
                            }
                        }
                    }
                    element.long(2, group.chunks.reduce(0) { $0 + $1.bytes })
                    element.long(3, group.rows)
                }
            }
        }
        file.list(5, metadata.count) { list in
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                list.element { entry in
                    entry.text(1, key)
                    entry.text(2, value)
                }
            }
        }
        file.text(6, createdBy)
        file.stop()
        return file.bytes
    }
}

/// Thrift's compact protocol, as far as Parquet's descriptions need it.
private struct ThriftCompact {
    private(set) var bytes: [UInt8] = []
    private var lastField = 0

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func zigzag(_ value: Int) { varint(UInt64(bitPattern: Int64(value << 1) ^ Int64(value >> 63))) }

    private mutating func field(_ id: Int, _ type: UInt8) {
        let step = id - lastField
        if (1...15).contains(step) {
            bytes.append(UInt8(step) << 4 | type)
        } else {
            bytes.append(type)
            zigzag(id)
        }
        lastField = id
    }

    mutating func integer(_ id: Int, _ value: Int) {
        field(id, 5)
        zigzag(value)
    }

    mutating func long(_ id: Int, _ value: Int) {
        field(id, 6)
        zigzag(value)
    }

    private mutating func binary(_ text: String) {
        varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func text(_ id: Int, _ text: String) {
        field(id, 8)
        binary(text)
    }

    private mutating func listHeader(_ id: Int, _ count: Int, _ type: UInt8) {
        field(id, 9)
        if count < 15 {
            bytes.append(UInt8(count) << 4 | type)
        } else {
            bytes.append(0xf0 | type)
            varint(UInt64(count))
        }
    }

    mutating func integers(_ id: Int, _ values: [Int]) {
        listHeader(id, values.count, 5)
        for value in values { zigzag(value) }
    }

    mutating func texts(_ id: Int, _ values: [String]) {
        listHeader(id, values.count, 8)
        for value in values { binary(value) }
    }

    mutating func list(_ id: Int, _ count: Int, _ body: (inout ThriftCompact) -> Void) {
        listHeader(id, count, 12)
        body(&self)
    }

    /// A structure within a list.
    mutating func element(_ body: (inout ThriftCompact) -> Void) {
        var element = ThriftCompact()
        body(&element)
        element.stop()
        bytes += element.bytes
    }

    mutating func structure(_ id: Int, _ body: (inout ThriftCompact) -> Void) {
        field(id, 12)
        element(body)
    }

    mutating func stop() { bytes.append(0) }
}
