import Foundation
import Foundations
import Networking

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
            var form = FormBody()
            form.add("payload_json", json: value)
            form.add("files[0]", file: file, name: name, type: type)
            return (form.contentType, form.finished)
        }
    }
}
