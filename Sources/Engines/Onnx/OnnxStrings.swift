import COnnxRuntime

/// Tensors of strings, which live in ONNX Runtime's own memory.
struct OnnxStrings {
    let library: OnnxLibrary
    let model: String

    /// Makes a value; the caller releases it.
    func value(_ elements: [[UInt8]], shape: [Int]) throws -> OpaquePointer? {
        let table = library.table
        var allocator: OpaquePointer?
        try check(ort_default_allocator(table, &allocator))
        var value: OpaquePointer?
        let sizes = shape.map(Int64.init)
        try check(ort_create_owned_tensor(table, allocator, sizes, sizes.count, Tensor.ElementType.string.rawValue, &value))
        do {
            // One buffer of all strings, each with its closing zero, and where each begins.
            var characters: [CChar] = []
            var starts: [Int] = []
            for element in elements {
                guard !element.contains(0) else {
                    throw NativeEngineError.invalidTensor(reason: "a string holds a zero byte")
                }
                starts.append(characters.count)
                characters.append(contentsOf: element.map { CChar(bitPattern: $0) })
                characters.append(0)
            }
            try characters.withUnsafeBufferPointer { buffer in
                let pointers = starts.map { buffer.baseAddress?.advanced(by: $0) }
                try check(ort_fill_strings(table, value, pointers, pointers.count))
            }
        } catch {
            ort_release_value(table, value)
            throw error
        }
        return value
    }

    func elements(of value: OpaquePointer?, count: Int) throws -> [[UInt8]] {
        guard count > 0 else { return [] }
        var length = 0
        try check(ort_strings_length(library.table, value, &length))
        var bytes = [UInt8](repeating: 0, count: length)
        var starts = [Int](repeating: 0, count: count)
        try check(ort_strings_content(library.table, value, &bytes, length, &starts, count))
        return starts.indices.map { index in
            Array(bytes[starts[index]..<(index + 1 < count ? starts[index + 1] : length)])
        }
    }

    private func check(_ status: OpaquePointer?) throws {
        try library.check(status) { .computationFailed(name: model, reason: $0) }
    }
}
