import Engines
import Foundation
import Foundations
import Jobs

/// Makes pictures in the background. Its result has URLs: a job's record is no place for pictures.
public struct StudioJob: JobHandler {
    public static let kind = "image"
    public var kind: String { Self.kind }

    private let studio: Studio
    private let files: PictureFiles
    /// How long one attempt may take.
    private static let patience: Duration = .seconds(1800)
    private static let attempts = 5

    public init(studio: Studio, files: PictureFiles) {
        self.studio = studio
        self.files = files
    }

    /// A job to be submitted. Its seed is chosen now: an attempt after a crash makes the same picture.
    /// - Throws: what JSON can't hold.
    public static func request(_ request: StudioRequest, owner: String, idempotencyKey: String?) throws -> JobRequest {
        var request = request
        request.settings.seed = request.settings.seed ?? .random(in: 0...UInt32.max)
        return JobRequest(
            kind: kind, payload: try JSONValue(parsing: JSONEncoder().encode(request)), owner: owner, maxAttempts: attempts,
            idempotencyKey: idempotencyKey)
    }

    public func run(_ run: JobRun) async throws -> JobOutcome {
        let request = try JSONDecoder().decode(StudioRequest.self, from: run.job.payload.encoded())
        // Somebody waits for it, though not on the line.
        let context = RequestContext(
            id: run.context.id, keyName: run.context.keyName, deadline: run.context.deadline.capped(at: Self.patience), trace: run.context.trace)
        let answer = try await studio.make(request, context: context) { run.report(Self.placed($0)) }
        return JobOutcome(result: try await StudioDocument(files: files).json(answer, of: request))
    }

    /// Progress of the stage as progress of the whole: nearly all of a job is painting.
    private static func placed(_ update: ProgressUpdate) -> ProgressUpdate {
        var update = update
        switch update.stage {
        case PictureStage.paint.rawValue: update.overall = 0.1 + 0.85 * (update.fraction ?? 0)
        case PictureStage.caption.rawValue: update.overall = 0.95
        default: update.overall = 0
        }
        return update
    }
}
