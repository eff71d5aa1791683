/// Reads GGUF headers, versions 2 and 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
struct GGUFHeader {
    let limits: HeaderLimits

    private enum Value {
        case integer(UInt64)
        case text(String)
        /// The sum of an array of whole numbers, one for each block of the model.
        case sum(UInt64)
        /// Passed over.
        case other
    }

    func read(_ bytes: inout HeaderBytes) throws(HeaderFault) -> ModelHeader {
        guard bytes.remaining >= 4 else { throw .unknownFormat }
        guard try bytes.integer(UInt32.self) == 0x4655_4747 else { throw .unknownFormat }
        let version = try bytes.integer(UInt32.self)
        guard version == 2 || version == 3 else {
            throw .unsupported(version.byteSwapped <= 3 ? "GGUF in big-endian order" : "GGUF version \(version)")
        }
        let tensors = try bytes.integer(UInt64.self)
        let keys = try bytes.integer(UInt64.self)
        guard keys <= UInt64(limits.maxKeys) else { throw .beyondLimit("\(keys) keys") }
        guard tensors <= UInt64(limits.maxTensors) else { throw .beyondLimit("\(tensors) tensors") }
        // A key's length and one byte, a type, one byte of value; a name's length, dimensions, type and offset.
        try bytes.check(keys, ofAtLeast: 14)
        try bytes.check(tensors, ofAtLeast: 24)

        var values: [String: Value] = [:]
        for _ in 0..<keys {
            let key = try name(&bytes)
            let type = try bytes.integer(UInt32.self)
            guard values.updateValue(try value(&bytes, type: type, key: key), forKey: key) == nil else {
                throw .malformed("a key is there twice")
            }
        }
        var tally = ElementTally()
        for _ in 0..<tensors { try tensor(&bytes, into: &tally) }
        return try header(values, tally, tensors: Int(tensors), bytes)
    }

    // MARK: Parts

    private func length(_ bytes: inout HeaderBytes) throws(HeaderFault) -> UInt64 {
        let length = try bytes.integer(UInt64.self)
        try bytes.check(length, ofAtLeast: 1)
        return length
    }

    private func name(_ bytes: inout HeaderBytes) throws(HeaderFault) -> String {
        let length = try length(&bytes)
        guard length <= UInt64(limits.maxNameBytes) else { throw .beyondLimit("a name of \(length) bytes") }
        return String(decoding: try bytes.bytes(Int(length)), as: UTF8.self)
    }

    private func value(_ bytes: inout HeaderBytes, type: UInt32, key: String) throws(HeaderFault) -> Value {
        switch type {
        case 8:
            let length = try length(&bytes)
            guard length <= UInt64(limits.maxTextBytes) else {
                try bytes.skip(length)
                return .other
            }
            return .text(String(decoding: try bytes.bytes(Int(length)), as: UTF8.self))
        case 9:
            return try array(&bytes, depth: 1, isSummed: key.hasSuffix(".attention.head_count_kv"))
        case 0, 2, 4, 10, 1, 3, 5, 11: return .integer(try number(&bytes, type))
        default:
            guard let width = Self.width(type) else { throw .malformed("a value of the unknown type \(type)") }
            try bytes.skip(width)
            return .other
        }
    }

    /// A whole number; negative ones count as 0.
    private func number(_ bytes: inout HeaderBytes, _ type: UInt32) throws(HeaderFault) -> UInt64 {
        switch type {
        case 0: UInt64(try bytes.integer(UInt8.self))
        case 1: UInt64(max(0, try bytes.integer(Int8.self)))
        case 2: UInt64(try bytes.integer(UInt16.self))
        case 3: UInt64(max(0, try bytes.integer(Int16.self)))
        case 4: UInt64(try bytes.integer(UInt32.self))
        case 5: UInt64(max(0, try bytes.integer(Int32.self)))
        case 10: try bytes.integer(UInt64.self)
        default: UInt64(max(0, try bytes.integer(Int64.self)))
        }
    }

    private func array(_ bytes: inout HeaderBytes, depth: Int, isSummed: Bool) throws(HeaderFault) -> Value {
        guard depth <= limits.maxDepth else { throw .beyondLimit("arrays in more than \(limits.maxDepth) levels") }
        let type = try bytes.integer(UInt32.self)
        let count = try bytes.integer(UInt64.self)
        guard count <= UInt64(limits.maxArrayElements) else { throw .beyondLimit("an array of \(count) elements") }
        switch type {
        case 8:
            try bytes.check(count, ofAtLeast: 8)
            for _ in 0..<count { try bytes.skip(try length(&bytes)) }
        case 9:
            try bytes.check(count, ofAtLeast: 12)
            for _ in 0..<count { _ = try array(&bytes, depth: depth + 1, isSummed: false) }
        default:
            guard let width = Self.width(type) else { throw .malformed("an array of the unknown type \(type)") }
            try bytes.check(count, ofAtLeast: width)
            guard isSummed, ![6, 7, 12].contains(type), count <= 4096 else {
                try bytes.skip(count * width)
                return .other
            }
            var sum: UInt64 = 0
            for _ in 0..<count {
                let (value, overflow) = sum.addingReportingOverflow(try number(&bytes, type))
                guard !overflow else { throw .malformed("its attention heads are impossibly many") }
                sum = value
            }
            return .sum(sum)
        }
        return .other
    }

    /// Bytes of a value of fixed size.
    private static func width(_ type: UInt32) -> UInt64? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 10, 11, 12: 8
        default: nil
        }
    }

    private func tensor(_ bytes: inout HeaderBytes, into tally: inout ElementTally) throws(HeaderFault) {
        _ = try name(&bytes)
        let dimensions = try bytes.integer(UInt32.self)
        guard dimensions <= 8 else { throw .malformed("a tensor of \(dimensions) dimensions") }
        var elements: UInt64 = 1
        for _ in 0..<dimensions { elements = try ElementTally.product([elements, try bytes.integer(UInt64.self)]) }
        let number = try bytes.integer(UInt32.self)
        _ = try bytes.integer(UInt64.self)
        guard let type = TensorType.byNumber[number] else {
            // Newer than we are: its numbers count, its size is unknown, and taken as one byte each.
            return try tally.add(elements: elements, bytes: elements, type: "type \(number)")
        }
        let blocks = elements / type.elements + (elements % type.elements == 0 ? 0 : 1)
        try tally.add(
            elements: elements, bytes: try ElementTally.product([blocks, type.bytes]), type: type.name)
    }

    // MARK: Facts

    private func header(
        _ values: [String: Value], _ tally: ElementTally, tensors: Int, _ bytes: HeaderBytes
    ) throws(HeaderFault) -> ModelHeader {
        func text(_ key: String) -> String? { if case .text(let text)? = values[key] { text } else { nil } }
        func integer(_ key: String) -> UInt64? { if case .integer(let value)? = values[key] { value } else { nil } }
        var header = ModelHeader(format: .gguf)
        header.architecture = text("general.architecture")
        header.name = text("general.name")
        header.tensors = tensors
        header.parameters = Int64(clamping: tally.elements)
        header.weightBytes = Int64(clamping: tally.bytes)
        header.isProjector = header.architecture == "clip" || text("general.type") == "mmproj"
        header.quantisation =
            integer("general.file_type").flatMap { TensorType.fileTypes[$0] } ?? tally.dominantType
        let prefix = header.architecture ?? ""
        func number(_ key: String) -> Int? { integer("\(prefix).\(key)").flatMap { Int(exactly: $0) } }
        header.contextLength = number("context_length")
        header.blocks = number("block_count")
        header.embeddingLength = number("embedding_length")
        header.experts = number("expert_count").flatMap { $0 > 0 ? $0 : nil }

        let queryHeads = number("attention.head_count")
        let headWidth = queryHeads.flatMap { heads in
            heads > 0 ? header.embeddingLength.map { $0 / heads } : nil
        }
        let key = number("attention.key_length") ?? headWidth
        let value = number("attention.value_length") ?? headWidth
        // Heads over all blocks.
        var heads: Int?
        if case .sum(let sum)? = values["\(prefix).attention.head_count_kv"] {
            heads = Int(exactly: sum)
        } else if let each = number("attention.head_count_kv") ?? queryHeads, let blocks = header.blocks {
            let (product, overflow) = each.multipliedReportingOverflow(by: blocks)
            heads = overflow ? nil : product
        }
        if let heads, let key, let value {
            let (width, first) = key.addingReportingOverflow(value)
            let (numbers, second) = heads.multipliedReportingOverflow(by: width)
            let (size, third) = numbers.multipliedReportingOverflow(by: 2)
            header.cacheBytesPerToken = first || second || third ? nil : Int64(size)
        }
        let present = bytes.fileSize - min(bytes.fileSize, bytes.position)
        header.missingBytes = Int64(clamping: tally.bytes - min(tally.bytes, present))
        return header
    }
}
