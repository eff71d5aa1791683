/// What turns an utterance into words.
protocol RecognitionEngine: Sendable {
    /// Recognises one utterance on the calling thread, which must be one that may block.
    /// - Parameters:
    ///   - samples: 16 kHz mono.
    ///   - language: ISO 639-1; `nil`: the model finds out, where it can.
    /// - Throws: `NativeEngineError.computationFailed`.
    func recognise(_ samples: ArraySlice<Float>, language: String?) throws -> Recognition
}
