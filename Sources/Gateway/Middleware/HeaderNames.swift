import HTTPTypes

/// Header fields that `HTTPTypes` has no constants for. The names are valid tokens, so the fall-backs are never taken.
extension HTTPField.Name {
    package static let requestID = Self("X-Request-ID") ?? .userAgent
    package static let traceParent = Self("traceparent") ?? .userAgent
    package static let traceState = Self("tracestate") ?? .userAgent
    package static let inferenceHeaderLength = Self("Inference-Header-Content-Length") ?? .userAgent
    static let tusResumable = Self("Tus-Resumable") ?? .userAgent
    static let uploadLength = Self("Upload-Length") ?? .userAgent
    static let uploadOffset = Self("Upload-Offset") ?? .userAgent
    static let uploadMetadata = Self("Upload-Metadata") ?? .userAgent
    static let uploadExpires = Self("Upload-Expires") ?? .userAgent
    static let crossOriginOpenerPolicy = Self("Cross-Origin-Opener-Policy") ?? .userAgent
    static let prefer = Self("Prefer") ?? .userAgent
    static let preferenceApplied = Self("Preference-Applied") ?? .userAgent
    static let totalCount = Self("X-Total-Count") ?? .userAgent
    static let idempotencyKey = Self("Idempotency-Key") ?? .userAgent
    static let lastEventID = Self("Last-Event-ID") ?? .userAgent
    static let pictureSeed = Self("X-Martlet-Seed") ?? .userAgent
    static let pictureModel = Self("X-Martlet-Model") ?? .userAgent
    /// RFC 9218.
    package static let priority = Self("Priority") ?? .userAgent
    package static let referrerPolicy = Self("Referrer-Policy") ?? .userAgent
}
