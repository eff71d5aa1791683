import Foundation
import Foundations

/// A form with a file, in memory (RFC 7578): how the Bot API takes files.
package struct TelegramForm: Sendable {
    private let boundary: String
    private var bytes = Data()

    package init(boundary: String = "martlet-" + RequestContext.newID()) { self.boundary = boundary }

    package var contentType: String { "multipart/form-data; boundary=\(boundary)" }
    package var finished: Data { bytes + Data("--\(boundary)--\r\n".utf8) }

    package mutating func add(_ field: String, _ value: String) {
        bytes += Data("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n".utf8)
    }

    package mutating func add(_ field: String, file: Data, name: String, type: String) {
        bytes += Data(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n".utf8)
        bytes += file
        bytes += Data("\r\n".utf8)
    }
}
