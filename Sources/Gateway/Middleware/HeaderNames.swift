import HTTPTypes

/// Header fields that `HTTPTypes` has no constants for. The names are valid tokens, so the fall-backs are never taken.
extension HTTPField.Name {
    package static let requestID = Self("X-Request-ID") ?? .userAgent
    package static let traceParent = Self("traceparent") ?? .userAgent
    package static let traceState = Self("tracestate") ?? .userAgent
    package static let inferenceHeaderLength = Self("Inference-Header-Content-Length") ?? .userAgent
    /// RFC 9218.
    package static let priority = Self("Priority") ?? .userAgent
    package static let referrerPolicy = Self("Referrer-Policy") ?? .userAgent
}
