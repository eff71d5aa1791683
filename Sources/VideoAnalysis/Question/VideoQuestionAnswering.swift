import Foundations

/// Answers questions about videos. Surfaces depend on this, not on the pipeline behind it.
public protocol VideoQuestionAnswering: Sendable {
    /// Starts answering. The stream ends after `.done`, or throws; cancelling its consumer stops decoding and the engine.
    func ask(_ question: VideoQuestion, context: RequestContext) -> AsyncThrowingStream<AnswerEvent, any Error>

    /// Says what the model would be shown, without asking it.
    /// - Throws: `MediaError`, `SamplingError`, `VideoQuestionError`.
    func preview(_ question: VideoQuestion, thumbnails: ThumbnailOptions?, context: RequestContext) async throws -> VideoPreview
}
