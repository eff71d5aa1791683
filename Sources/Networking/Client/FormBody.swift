import Foundation
import Foundations

/// A form with files, in memory (RFC 7578).
package struct FormBody: Sendable {
    private let boundary: String
    private var bytes = Data()

    package init(boundary: String = "martlet-" + RequestContext.newID()) { self.boundary = boundary }

    package var contentType: String { "multipart/form-data; boundary=\(boundary)" }
    package var finished: Data { bytes + Data("--\(boundary)--\r\n".utf8) }

    package mutating func add(_ field: String, _ value: String) { add("name=\"\(field)\"", nil, Data(value.utf8)) }

    package mutating func add(_ field: String, json: JSONValue) { add("name=\"\(field)\"", "application/json", json.encoded()) }

    package mutating func add(_ field: String, file: Data, name: String, type: String) {
        add("name=\"\(field)\"; filename=\"\(name)\"", type, file)
    }

    private mutating func add(_ disposition: String, _ type: String?, _ content: Data) {
        let typeLine = type.map { "Content-Type: \($0)\r\n" } ?? ""
        bytes += Data("--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n\(typeLine)\r\n".utf8)
        bytes += content
        bytes += Data("\r\n".utf8)
    }
}
