import ModelHub

/// The models that evidence is gathered with. Each is loaded when it is first needed; what is `nil` is left out and
/// listed as missing.
public struct EvidenceTools: Sendable {
    public var objects: (@Sendable () async throws -> any Detector)?
    public var faces: (@Sendable () async throws -> any Detector)?
    public var text: (@Sendable () async throws -> any TextReader)?
    public var speech: (@Sendable () async throws -> any Transcriber)?

    public init(
        objects: (@Sendable () async throws -> any Detector)? = nil,
        faces: (@Sendable () async throws -> any Detector)? = nil,
        text: (@Sendable () async throws -> any TextReader)? = nil,
        speech: (@Sendable () async throws -> any Transcriber)? = nil
    ) {
        self.objects = objects
        self.faces = faces
        self.text = text
        self.speech = speech
    }
}
