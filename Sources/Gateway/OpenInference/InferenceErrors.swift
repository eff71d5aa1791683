import Foundations

/// Errors as clients of the Open Inference Protocol read them: `error` is the text itself, where the envelope has an object.
/// (Triton's client can't print an error whose `error` isn't text.) The envelope's other fields stand beside it.
enum InferenceErrors {
    /// Whether errors of a path have the flat form.
    static func isFlat(path: String) -> Bool { path == "/v2" || path.hasPrefix("/v2/") }

    static func flattened(_ envelope: JSONValue) -> JSONValue {
        guard var fields = envelope["error"]?.objectValue else { return envelope }
        fields["error"] = fields.removeValue(forKey: "message")
        return .object(fields)
    }
}
