import Foundation
import Foundations

/// Reads the JSON that callers send: in bounded depth, and strictly, so that an engine it is handed on to can't read
/// something else out of it.
package enum JSONText {
    package static let maxDepth = 64

    /// - Throws: `malformedJSON` or `nestedTooDeep`.
    package static func parse(_ text: some Collection<UInt8>, maxDepth: Int = maxDepth) throws -> JSONValue {
        do {
            return try JSONParser.parse(text, rules: .strict, maxDepth: maxDepth)
        } catch JSONParser.Fault.malformed(let offset, let what) {
            throw GatewayError.malformedJSON(offset: offset, what: what)
        } catch JSONParser.Fault.nestedTooDeep(let offset, let limit) {
            throw GatewayError.nestedTooDeep(offset: offset, limit: limit)
        }
    }
}
