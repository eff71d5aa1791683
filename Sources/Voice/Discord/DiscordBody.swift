import Foundation
import Foundations

/// What a call brings along.
enum DiscordBody: Sendable {
    case json(JSONValue)
    /// https://discord.com/developers/docs/reference#uploading-files
    case form(JSONValue, file: Data, name: String, type: String)

    /// The content type and the bytes.
    var encoded: (type: String, data: Data) {
        switch self {
        case .json(let value): return ("application/json", value.encoded())
        case .form(let value, let file, let name, let type):
            let boundary = "martlet-" + UUID().uuidString
            var data = Data()
            func add(_ text: String) { data.append(contentsOf: text.utf8) }
            add("--\(boundary)\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n")
            data.append(value.encoded())
            add("\r\n--\(boundary)\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n")
            data.append(file)
            add("\r\n--\(boundary)--\r\n")
            return ("multipart/form-data; boundary=\(boundary)", data)
        }
    }
}
