import Engines
import Foundations
import Media

// Engines know nothing of the hub; here their types take the hub's names.
extension SSDDetector: Detector {}
extension YOLOXDetector: Detector {}
extension CenterFaceDetector: Detector {}
extension NudityDetector: Detector {}
extension PaddleTextReader: TextReader {}
extension SpeechVoice: SpeechSynthesizer {}
extension SpeechListener: ListeningSession {}
extension StreamingListener: ListeningSession {}

extension SpeechTranscriber: Transcriber {
    public func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        try await transcribe(audio, options: options, heard: heard, progress: progress)
    }

    public func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession { try await listener(options) }
}

extension StreamingTranscriber: Transcriber {
    public func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        try await transcribe(audio, options: options, heard: heard, progress: progress)
    }

    public func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession { try await listener(options) }
}
