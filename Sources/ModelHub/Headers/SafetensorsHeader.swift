/// Reads safetensors headers (https://huggingface.co/docs/safetensors): eight bytes of length, then JSON.
struct SafetensorsHeader {
    let limits: HeaderLimits
    /// Bits of a number where a configuration says that several are packed into one element.
    var packedBits: UInt64?

    private static let bitsOfType: [String: UInt64] = [
        "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
        "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
    ]

    func read(_ bytes: inout HeaderBytes) throws(HeaderFault) -> ModelHeader {
        guard bytes.fileSize >= 10 else { throw .unknownFormat }
        let length = try bytes.integer(UInt64.self)
        try bytes.check(length, ofAtLeast: 1)
        guard try bytes.peek() == UInt8(ascii: "{") else { throw .unknownFormat }
        let end = 8 + length

        var scanner = JSONScanner(bytes: bytes, maxDepth: limits.maxDepth)
        defer { bytes = scanner.bytes }
        var tally = ElementTally()
        var names: Set<String> = []
        try scanner.object(maxKeyBytes: limits.maxNameBytes) { scanner, name throws(HeaderFault) in
            guard name != "__metadata__" else { return try scanner.skip(depth: 2) }
            guard names.count < limits.maxTensors else { throw .beyondLimit("more than \(limits.maxTensors) tensors") }
            guard names.insert(name).inserted else { throw .malformed("a tensor is there twice") }
            try tensor(named: name, &scanner, into: &tally)
        }
        guard scanner.bytes.position <= end else { throw .malformed("its length is wrong") }

        var header = ModelHeader(format: .safetensors)
        header.tensors = names.count
        header.parameters = Int64(clamping: tally.elements)
        header.weightBytes = Int64(clamping: tally.bytes)
        header.quantisation = tally.dominantType
        let present = scanner.bytes.fileSize - min(scanner.bytes.fileSize, end)
        header.missingBytes = Int64(clamping: tally.bytes - min(tally.bytes, present))
        return header
    }

    private func tensor(
        named name: String, _ scanner: inout JSONScanner, into tally: inout ElementTally
    ) throws(HeaderFault) {
        var type: String?
        var elements: UInt64?
        var offsets: [UInt64] = []
        try scanner.object(maxKeyBytes: 64) { scanner, key throws(HeaderFault) in
            switch key {
            case "dtype": type = try scanner.text(maxBytes: 32)
            case "shape":
                var product: UInt64 = 1
                var dimensions = 0
                try scanner.array { scanner throws(HeaderFault) in
                    dimensions += 1
                    guard dimensions <= 16 else { throw .malformed("a tensor of more than 16 dimensions") }
                    product = try ElementTally.product([product, try scanner.wholeNumber()])
                }
                elements = product
            case "data_offsets":
                try scanner.array { scanner throws(HeaderFault) in
                    guard offsets.count < 2 else { throw .malformed("a tensor's place isn't two numbers") }
                    offsets.append(try scanner.wholeNumber())
                }
            default: try scanner.skip(depth: 3)
            }
        }
        guard let type, var elements, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw .malformed("a tensor lacks its type, shape or place")
        }
        let size = offsets[1] - offsets[0]
        if let bits = Self.bitsOfType[type] {
            let (total, overflow) = elements.multipliedReportingOverflow(by: bits)
            guard !overflow, total / 8 + (total % 8 == 0 ? 0 : 1) == size else {
                throw .malformed("a tensor's size doesn't fit its shape")
            }
            if let packedBits, bits > packedBits, name.hasSuffix("qweight") || name.hasSuffix("weight_packed") {
                elements = try ElementTally.product([elements, bits / packedBits])
            }
        }
        try tally.add(elements: elements, bytes: size, type: type)
    }
}
