/// Names that models go by, which may become pieces of paths.
package enum ModelName {
    /// Whether it has 1 to 128 letters, digits, `.`, `-` and `_`, and no dot in front.
    package static func isPlain(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.first != "."
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || ".-_".utf8.contains(byte)
            }
    }
}
