import Engines
import Foundations
import Media
import ModelHub

/// Gathers evidence from a video: frames are decoded once and go to every detector, sound is heard meanwhile. A model
/// that fails costs its own kind of evidence, not the whole.
public struct EvidenceCollector: Sendable {
    private let tools: EvidenceTools
    private let settings: EvidenceSettings

    public init(tools: EvidenceTools, settings: EvidenceSettings = .init()) {
        self.tools = tools
        self.settings = settings
    }

    /// - Parameters:
    ///   - range: seconds; `nil` means the whole video.
    ///   - progress: stages `objects` (frames searched), `text` (frames read), `speech` (seconds heard), `decode` (frames seen).
    /// - Throws: `VideoQuestionError.noVideoTrack`, `MediaError`, `CancellationError`.
    public func collect(
        from file: MediaFile, range: ClosedRange<Double>? = nil, progress: @escaping ProgressHandler
    ) async throws -> EvidenceSummary {
        guard let video = file.info.video else { throw VideoQuestionError.noVideoTrack }
        async let heard = hear(file, range: range, progress: progress)
        let seen = try await VisualEvidence(tools: tools, settings: settings, progress: progress)
            .gather(from: file, video: video, range: range)
        let speech = try await heard
        var summary = seen
        summary.speech = speech.segments
        summary.missing.merge(speech.missing) { $1 }
        return summary
    }

    private func hear(
        _ file: MediaFile, range: ClosedRange<Double>?, progress: @escaping ProgressHandler
    ) async throws -> (segments: [TranscriptSegment], missing: [String: String]) {
        let kind = EvidenceKind.speech.rawValue
        guard file.info.audio != nil else { return ([], [kind: EvidenceKind.noSound]) }
        guard let load = tools.speech else { return ([], [kind: EvidenceKind.noModel]) }
        do {
            let hearing = SpeechEvidence(transcriber: try await load(), window: settings.audioWindow, progress: progress)
            guard let words = try await hearing.gather(from: file, range: range) else {
                return ([], [kind: EvidenceKind.noSound])
            }
            return (words, [:])
        } catch {
            try EvidenceKind.rethrowCancellation(error)
            return ([], [kind: ErrorReport(error).message])
        }
    }
}

/// The kinds of evidence as `EvidenceSummary.missing` and progress stages name them.
enum EvidenceKind: String, Sendable, CaseIterable {
    case objects, faces, text, speech

    static let noSound = "The video has no sound."
    static let noModel = "No model for it is installed."

    /// Cancellation ends the work; everything else costs one kind of evidence.
    static func rethrowCancellation(_ error: any Error) throws {
        if error is CancellationError || Task.isCancelled { throw CancellationError() }
    }
}

extension String {
    /// Without white space at the ends, and with single spaces inside.
    var trimmedText: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
