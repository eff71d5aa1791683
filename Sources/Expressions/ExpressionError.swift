import Foundations

/// Why a video's expressions can't be measured, or a model can't judge them.
public enum ExpressionError: ReportableError, Equatable {
    /// How many frames there were, and how many of them held a face that could be used.
    public struct Frames: Sendable, Equatable {
        public var total: Int
        public var withFace: Int

        public init(total: Int, withFace: Int) {
            self.total = total
            self.withFace = withFace
        }
    }

    case noFace(Frames)
    /// A baseline and one further frame are the least.
    case tooFewFaces(Frames)
    case tooFewFrames(Frames)
    case tooLong(seconds: Double, allowed: Double)
    case emptyVideo
    case landmarksMissing
    case landmarksUnusable
    /// What the folder lacks or holds wrongly, in a sentence.
    case modelUnusable(name: String, reason: String)
    /// The original's files can't be converted.
    case importFailed(reason: String)
    case sandboxMissing
    case engineFailed
    case notFound(path: String)
    case overlayNotFound
    case inProgress(job: Int64)
    case outOfRange(field: String, allowed: String)
    case storageFull
    case storageFailed

    public var report: ErrorReport {
        switch self {
        case .noFace(let frames):
            Self.unusable(
                "no_face", "No face was found in any of the \(frames.total) frames. Faces must look at the camera and be at least 80 pixels wide.",
                frames)
        case .tooFewFaces(let frames):
            Self.unusable(
                "too_few_faces",
                "Only \(frames.withFace) of \(frames.total) frames hold a face that can be used. At least 2 are needed: a baseline and one to compare.",
                frames)
        case .tooFewFrames(let frames):
            Self.unusable(
                "too_few_frames", "The video has \(frames.total == 1 ? "one frame" : "\(frames.total) frames"). At least 2 are needed.", frames)
        case .tooLong(let seconds, let allowed):
            ErrorReport(
                .unprocessable, code: "too_long",
                "The video lasts \(Self.plain(seconds)) s; \(Self.plain(allowed)) s are allowed here (expressions.max_seconds). Send a part of it, or use a job.",
                details: ["reason": "too_long", "seconds": .number(seconds), "allowed_seconds": .number(allowed)])
        case .emptyVideo:
            ErrorReport(.unprocessable, code: "no_video_stream", "The file holds no video. Send a file with a video track.")
        case .landmarksMissing:
            ErrorReport(
                .unavailable, code: "landmarks_missing",
                "The landmark model isn't there. Install Debian's libdlib-data, or name a shape_predictor_68_face_landmarks.dat in expressions.landmarks.")
        case .landmarksUnusable:
            ErrorReport(
                .unavailable, code: "landmarks_unusable",
                "The landmark model can't be read. It must be dlib's shape_predictor_68_face_landmarks.dat, or another of its form.")
        case .modelUnusable(let name, let reason):
            ErrorReport(.unavailable, code: "model_unusable", "The model \(name) can't be used: \(reason)")
        case .importFailed(let reason):
            ErrorReport(.unprocessable, code: "import_failed", "The model can't be imported: \(reason)")
        case .sandboxMissing:
            ErrorReport(
                .unavailable, code: "sandbox_missing",
                "Importing opens foreign files, which is done in a sandbox only. Install bubblewrap (Debian: bubblewrap) and allow user namespaces.")
        case .engineFailed:
            ErrorReport(.internal, code: "vision_engine_failed", "The face engine failed. `martlet doctor` tells what is missing.")
        case .notFound(let path):
            ErrorReport(
                .notFound, code: "expressions_not_found", "The video \"\(path)\" has no expression features. Compute them first.")
        case .overlayNotFound:
            ErrorReport(.notFound, code: "overlay_not_found", "There is no overlay video. Compute the features again with \"overlay\": true.")
        case .inProgress(let job):
            ErrorReport(
                .conflict, code: "expressions_in_progress", "This video's expressions are being computed already. Wait for job \(job), or cancel it.",
                details: ["job_id": .integer(Int(job))])
        case .outOfRange(let field, let allowed):
            ErrorReport(.unprocessable, code: "invalid_value", "'\(field)' must be \(allowed).", param: field)
        case .storageFull:
            ErrorReport(.insufficientStorage, code: "storage_full", "The disk is full. Free space on it, and try again.")
        case .storageFailed:
            ErrorReport(.internal, code: "storage_failed", "The features couldn't be stored. Check the disk of data_dir.")
        }
    }

    private static func unusable(_ code: String, _ message: String, _ frames: Frames) -> ErrorReport {
        ErrorReport(
            .unprocessable, code: code, message,
            details: ["reason": .string(code), "frames_total": .integer(frames.total), "frames_with_face": .integer(frames.withFace)])
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String((value * 100).rounded() / 100)
    }
}
