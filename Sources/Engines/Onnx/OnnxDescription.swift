import COnnxRuntime

/// Reads what an open session says about itself.
struct OnnxDescription {
    let library: OnnxLibrary
    let session: OpaquePointer
    let model: String

    /// Most ports, dimensions and metadata entries that are believed.
    private static let limit = 4096

    /// The inputs or outputs, by the table's positions for their count, name and type.
    func ports(count: Int, name: Int, type: Int) throws -> [OnnxSession.Port] {
        let table = library.table
        var total = 0
        try check(ort_port_count(table, Int32(count), session, &total))
        return try (0..<min(total, Self.limit)).map { index in
            let portName = try string { ort_port_name(table, Int32(name), session, index, $0, $1) }
            var info: OpaquePointer?
            try check(ort_port_type(table, Int32(type), session, index, &info))
            defer { ort_release_type(table, info) }
            var tensor: OpaquePointer?
            try check(ort_type_tensor_info(table, info, &tensor))
            guard let tensor else { return OnnxSession.Port(name: portName ?? "", elementType: nil, shape: []) }
            var element: Int32 = 0
            try check(ort_element_type(table, tensor, &element))
            var rank = 0
            try check(ort_dimension_count(table, tensor, &rank))
            var shape = [Int64](repeating: 0, count: min(rank, Self.limit))
            try check(ort_dimensions(table, tensor, &shape, shape.count))
            return OnnxSession.Port(
                name: portName ?? "", elementType: Tensor.ElementType(rawValue: element),
                shape: shape.map { $0 < 0 ? nil : Int($0) })
        }
    }

    /// The custom metadata map.
    func metadata() throws -> [String: String] {
        let table = library.table
        var metadata: OpaquePointer?
        try check(ort_model_metadata(table, session, &metadata))
        defer { ort_release_metadata(table, metadata) }
        let allocator = try allocator()
        var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int64 = 0
        try check(ort_metadata_keys(table, metadata, allocator, &keys, &count))
        guard let keys else { return [:] }
        defer {
            for index in 0..<Int(count) { free(keys[index], allocator) }
            free(keys, allocator)
        }
        var entries: [String: String] = [:]
        for index in 0..<min(Int(count), Self.limit) {
            guard let key = keys[index] else { continue }
            entries[String(cString: key)] = try string { ort_metadata_lookup(table, metadata, $0, key, $1) }
        }
        return entries
    }

    private func allocator() throws -> OpaquePointer? {
        var allocator: OpaquePointer?
        try check(ort_default_allocator(library.table, &allocator))
        return allocator
    }

    /// Takes over a string that a call allocates.
    private func string(
        _ call: (OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OpaquePointer?
    ) throws -> String? {
        let allocator = try allocator()
        var text: UnsafeMutablePointer<CChar>?
        try check(call(allocator, &text))
        guard let text else { return nil }
        defer { free(text, allocator) }
        return String(cString: text)
    }

    private func free(_ memory: UnsafeMutableRawPointer?, _ allocator: OpaquePointer?) {
        // Freeing with the default allocator has no failure to act upon; the status itself must not leak.
        if let status = ort_allocator_free(library.table, allocator, memory) { ort_release_status(library.table, status) }
    }

    private func check(_ status: OpaquePointer?) throws {
        try library.check(status) { .modelRejected(name: model, reason: $0) }
    }
}
