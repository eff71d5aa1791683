/// The server's bearer tokens.
package struct Keyring: Sendable {
    private let tokens: [(name: String, bytes: [UInt8])]

    package init(_ tokens: [String: String]) {
        self.tokens = tokens.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) }
    }

    /// Whether nobody needs a token.
    package var isEmpty: Bool { tokens.isEmpty }

    /// - Parameter header: the value of `Authorization`.
    /// - Returns: the name of the token.
    /// - Throws: `GatewayError.tokenMissing`, `GatewayError.tokenUnknown`.
    package func owner(ofHeader header: String?) throws -> String {
        guard let header else { throw GatewayError.tokenMissing }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw GatewayError.tokenMissing }
        guard let name = owner(of: Array(parts[1].utf8)) else { throw GatewayError.tokenUnknown }
        return name
    }

    /// Compares with every token, each over all of its bytes, so that the time tells nothing about which bytes were right.
    private func owner(of presented: [UInt8]) -> String? {
        var owner: String?
        for token in tokens {
            var difference = presented.count ^ token.bytes.count
            for index in token.bytes.indices {
                let byte = index < presented.count ? presented[index] : 0
                difference |= Int(byte ^ token.bytes[index])
            }
            if difference == 0 { owner = token.name }
        }
        return owner
    }
}
