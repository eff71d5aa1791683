/// What turns phonemes into sound.
protocol VoiceEngine: Sendable {
    /// Samples a second.
    var sampleRate: Int { get }
    var speakers: Int { get }

    /// - Parameters:
    ///   - phonemes: of one sentence at most, as Unicode; those that the model doesn't know are left out.
    ///   - speed: 1 is the voice's own.
    /// - Returns: samples from -1 to 1; none when there is nothing to say.
    /// - Throws: `NativeEngineError.computationFailed`; `CancellationError`.
    func say(_ phonemes: [Int32], speaker: Int, speed: Double) async throws -> [Float]
}
