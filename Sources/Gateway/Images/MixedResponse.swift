import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio
import NIOCore

/// A document and a picture in one answer of type multipart/mixed (RFC 2046, 5.1.3).
enum MixedResponse {
    static func make(json: JSONValue, picture: Picture) -> Response {
        let boundary = "boundary-\(UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased())"
        var body = ByteBuffer()
        body.writeString("--\(boundary)\r\nContent-Type: application/json\r\n\r\n")
        body.writeBytes(json.encoded())
        body.writeString("\r\n--\(boundary)\r\nContent-Type: \(picture.format.contentType)\r\n")
        body.writeString("Content-Disposition: attachment; filename=\"profile.\(picture.format.rawValue)\"\r\n\r\n")
        body.writeBytes(picture.file)
        body.writeString("\r\n--\(boundary)--\r\n")
        return Response(
            status: .ok, headers: [.contentType: "multipart/mixed; boundary=\(boundary)", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
