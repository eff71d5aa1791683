/// How the motion of blocks of a face is measured.
public enum MotionEstimator: String, Sendable, CaseIterable {
    /// Phase correlation of 7 x 7 blocks under a Hann window: what the original system serves. It misses most motions.
    case hann2d
    /// The same without a window: what the published model was trained with.
    case none
    /// Martlet's own: windows of 32 x 32 pixels, fractions of pixels, the head's motion taken out.
    case improved
}

/// How faces are looked for.
public enum DetectionMode: String, Sendable, CaseIterable {
    /// The detector sees every whole frame: dlib's own result.
    case exact
    /// The detector sees whole key frames; in between it sees the neighbourhood of the last face, in position and size. Where it finds
    /// nothing there, or the best at its rim, the whole frame counts again.
    ///
    /// What it finds near the last face is what it would find in the whole frame, box for box; what it can miss until the next key frame
    /// is another, more confident face elsewhere.
    case tracked
}

/// Movements of faces in videos.
public struct ExpressionsConfiguration: Sendable, Equatable {
    /// dlib's landmark model, for models that don't bring their own.
    public var landmarks = "/usr/share/dlib/shape_predictor_68_face_landmarks.dat"
    public var estimator = MotionEstimator.hann2d
    public var detection = DetectionMode.exact
    /// Seconds of video that a request to a model may bring; jobs may bring longer ones.
    public var maxSeconds = 10.0
    /// How long results of jobs are kept.
    public var retention: Duration = .seconds(30 * 86_400)

    public init() {}
}

extension ConfigurationKey {
    static let expressionsKeys: [ConfigurationKey] = [
        .text("expressions.landmarks", \.expressions.landmarks, "dlib's landmark model, for models that don't bring their own."),
        .choice("expressions.estimator", \.expressions.estimator, "hann2d, none or improved, for models that don't name theirs."),
        .choice("expressions.detection", \.expressions.detection, "exact (the detector sees every frame) or tracked."),
        .number("expressions.max_seconds", \.expressions.maxSeconds, 0.1...86_400, "Seconds of video that a request to a model may bring."),
        .duration("expressions.retention", \.expressions.retention, "How long computed expression features are kept."),
    ]
}
