import Foundation
import Foundations

/// What was looked at and how, beside every feature file and prediction.
public struct ExpressionReport: Sendable, Equatable {
    public struct Warning: Sendable, Equatable {
        public var code: String
        public var message: String
    }

    public var estimator: MotionEstimator
    public var detection: DetectionMode
    public var framesTotal = 0
    /// Frames with a face whose regions lie in the picture: the baseline and one for each row.
    public var framesUsed = 0
    /// Used frames whose face was looked for in the whole picture, and near the last one.
    public var framesDetected = 0
    public var framesTracked = 0
    public var framesWithSeveralFaces = 0
    public var segments = 0
    public var baselineFrame = 0
    public var baselineTime = 0.0
    public var duration = 0.0
    public var frameRate = 0.0
    public var width = 0
    public var height = 0
    public var isVariableFrameRate = false
    /// Width of the narrowest face, pixels.
    public var narrowestFace = Int.max
    /// Seconds that it took.
    public var seconds = 0.0

    package init(_ options: ExpressionOptions) {
        estimator = options.estimator
        detection = options.detection
    }

    public var rows: Int { max(0, framesUsed - 1) }
    public var framesSkipped: Int { framesTotal - framesUsed }

    /// What makes the result less trustworthy.
    public var warnings: [Warning] {
        var warnings: [Warning] = []
        func warn(_ code: String, _ message: String) { warnings.append(Warning(code: code, message: message)) }
        if framesTotal > 0, Double(framesUsed) < 0.8 * Double(framesTotal) {
            warn("few_usable_frames", "Only \(framesUsed) of \(framesTotal) frames hold a face that can be used; the others have no row.")
        }
        if framesWithSeveralFaces > 0 {
            warn(
                "several_faces",
                "\(framesWithSeveralFaces) frames hold several faces. The detector's most confident one is taken in each, which need not be the same person.")
        }
        if baselineFrame > 0 {
            warn("late_baseline", "The first usable frame, with which all others are compared, is frame \(baselineFrame), not the video's first.")
        }
        if framesUsed > 0, narrowestFace < 110 {
            warn("small_face", "The face is only \(narrowestFace) pixels wide at its smallest: its regions are enlarged, and hold little detail.")
        }
        if frameRate > 0, frameRate < 50 {
            warn("low_frame_rate", "At \(Self.plain(frameRate)) frames a second, movements shorter than \(Int((2000 / frameRate).rounded())) ms can be missed.")
        }
        if isVariableFrameRate { warn("variable_frame_rate", "The frame rate varies: go by each row's time, not by its number.") }
        if segments > 1 { warn("several_segments", "All \(segments) files are compared with the first usable frame of the first one.") }
        return warnings
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String((value * 100).rounded() / 100)
    }

    public var framesJSON: JSONValue {
        [
            "total": .integer(framesTotal), "used": .integer(framesUsed), "skipped": .integer(framesSkipped), "detected": .integer(framesDetected),
            "tracked": .integer(framesTracked), "several_faces": .integer(framesWithSeveralFaces),
        ]
    }

    public var warningsJSON: JSONValue { .array(warnings.map { ["code": .string($0.code), "message": .string($0.message)] }) }

    public var json: JSONValue {
        [
            "estimator": .string(estimator.rawValue), "detection": .string(detection.rawValue), "frames": framesJSON, "rows": .integer(rows),
            "segments": .integer(segments), "baseline": ["video_frame": .integer(baselineFrame), "time": .number(baselineTime)],
            "duration": .number(duration), "frame_rate": .number(frameRate), "size": ["width": .integer(width), "height": .integer(height)],
            "regions": .array(FaceRegion.allCases.map { .string($0.rawValue) }), "warnings": warningsJSON,
            "seconds": .number((seconds * 1000).rounded() / 1000),
        ]
    }
}
