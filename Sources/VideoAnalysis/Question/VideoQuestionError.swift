import Foundations

/// Why a question about a video can't be answered.
public enum VideoQuestionError: ReportableError, Equatable {
    case emptyPrompt
    case promptTooLong(limit: Int)
    /// A field outside its range; `allowed` says the range in words.
    case outOfRange(field: String, allowed: String)
    case noVideoTrack
    /// A text model was chosen and evidence forbidden: nothing of the video would reach it.
    case modelCannotSee
    /// Nothing at all could be found out about the video.
    case noEvidence(String)
    case pictureFailed
    /// The model's stream ended before it said that it had finished.
    case answerBrokeOff

    public var report: ErrorReport {
        switch self {
        case .emptyPrompt:
            ErrorReport(.unprocessable, code: "empty_prompt", "The question is empty. Ask something about the video.", param: "prompt")
        case .promptTooLong(let limit):
            ErrorReport(
                .unprocessable, code: "prompt_too_long", "The question is longer than \(limit) characters. Shorten it.",
                param: "prompt")
        case .outOfRange(let field, let allowed):
            ErrorReport(.unprocessable, code: "out_of_range", "\(field) must be \(allowed).", param: field)
        case .noVideoTrack:
            ErrorReport(.unprocessable, code: "no_video_stream", "The file holds no video. Send a file with a video track.")
        case .modelCannotSee:
            ErrorReport(
                .unprocessable, code: "model_cannot_see",
                "This model reads text only, and evidence is switched off. Allow evidence, or choose a vision model.",
                param: "model")
        case .noEvidence(let reason):
            ErrorReport(
                .unavailable, code: "no_evidence",
                "Nothing could be found out about the video: \(reason) Run 'martlet doctor' to see which models are missing.")
        case .pictureFailed:
            ErrorReport(.internal, code: "picture_failed", "A frame of the video could not be processed. Try again, or convert the file.")
        case .answerBrokeOff:
            ErrorReport(.upstream, code: "answer_broke_off", "The model stopped in mid-answer. Try again.")
        }
    }
}
