import Foundations

/// Errors of chat and profile pictures: beside the envelope stand the fields that clients of the system before Martlet read, `code`,
/// `message`, `details` and `retry_after_ms`, and for them as `detail` once more.
enum ImageErrors {
    /// Whether errors of a path have the old fields too.
    static func hasOldFields(path: String) -> Bool {
        path == "/v1/imagegen" || path.hasPrefix("/v1/profile/")
            || (path.hasPrefix("/v1/chat/") && (path.hasSuffix("/imagegen") || path.hasSuffix("/generate")))
    }

    static func withOldFields(_ envelope: JSONValue) -> JSONValue {
        guard var document = envelope.objectValue, let error = envelope["error"] else { return envelope }
        var old: [String: JSONValue] = ["code": .string(code(error)), "message": error["message"] ?? .null]
        old["details"] = error["details"]
        old["retry_after_ms"] = error["retry_after_ms"]
        document.merge(old) { $1 }
        document["detail"] = .object(old)
        return .object(document)
    }

    private static func code(_ error: JSONValue) -> String {
        let code = error["code"]?.stringValue ?? ""
        switch (code, error["type"]?.stringValue.flatMap(ErrorKind.init)) {
        case ("bad_selfie", _): return "BAD_SELFIE"
        case ("policy_blocked", _): return "POLICY_BLOCKED"
        case ("picture_unreadable", _): return "QUALITY_FAILED"
        case (_, .busy): return "OVERLOADED"
        case (_, .invalidRequest), (_, .unprocessable): return "BAD_INPUT"
        default: return code.uppercased()
        }
    }
}
