/// Reading whole numbers, never outside the bytes. Offsets count from the slice's own beginning.
extension ArraySlice<UInt8> {
    func part(at offset: Int, count length: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
        return self[startIndex + offset..<startIndex + offset + length]
    }

    /// - Parameter length: At most 4, so that any value fits.
    func bigEndian(at offset: Int, bytes length: Int) -> Int? {
        part(at: offset, count: length)?.reduce(0) { $0 << 8 | Int($1) }
    }

    /// - Parameter length: At most 4, so that any value fits.
    func littleEndian(at offset: Int, bytes length: Int) -> Int? {
        part(at: offset, count: length)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The bytes before the first zero, which must come within `limit` bytes.
    func zeroTerminated(limit: Int) -> ArraySlice<UInt8>? {
        prefix(limit + 1).firstIndex(of: 0).map { self[..<$0] }
    }

    /// The bytes after a beginning, or `nil` when they begin otherwise.
    func after(_ beginning: some Collection<UInt8>) -> ArraySlice<UInt8>? {
        starts(with: beginning) ? dropFirst(beginning.count) : nil
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: Int, bytes: Int) {
        for shift in (0..<bytes).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }

    mutating func append(littleEndian value: Int, bytes: Int) {
        for shift in 0..<bytes { append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }
}
