import Foundations

/// How expressions are measured.
public struct ExpressionOptions: Sendable, Equatable {
    public var estimator: MotionEstimator
    public var detection: DetectionMode
    /// Whether dense optical flow is computed too.
    public var withFlow: Bool
    /// Seconds of video that may be looked at; `nil`: as long as `media.max_duration` allows.
    public var maxSeconds: Double?

    public init(
        estimator: MotionEstimator = .hann2d, detection: DetectionMode = .exact, withFlow: Bool = false, maxSeconds: Double? = nil
    ) {
        self.estimator = estimator
        self.detection = detection
        self.withFlow = withFlow
        self.maxSeconds = maxSeconds
    }

    /// Seconds between looks at whole frames while a face is tracked.
    static let keySeconds = 0.5
}

/// The motions of one frame against the baseline.
public struct ExpressionRow: Sendable, Equatable {
    /// 1 + the frame's number among the usable ones: the first row is 2, as in the original.
    public var frame: Int
    /// The frame's position in the video, from 0.
    public var videoFrame: Int
    /// Seconds from the start.
    public var time: Double
    /// The regions' boxes, pixels of the video.
    public var boxes: [PixelBox]
    /// Of all blocks, in column order.
    public var motions: [BlockMotion]
    /// Mean dense flow of each block, where it was asked for.
    public var flow: [BlockMotion]?

    public init(frame: Int, videoFrame: Int, time: Double, boxes: [PixelBox], motions: [BlockMotion], flow: [BlockMotion]? = nil) {
        self.frame = frame
        self.videoFrame = videoFrame
        self.time = time
        self.boxes = boxes
        self.motions = motions
        self.flow = flow
    }

    /// The 392 features: x, y, angle and magnitude of each block.
    public var features: [Double] { motions.flatMap { [$0.x, $0.y, $0.angle, $0.magnitude] } }

    /// Mean magnitude over a region's blocks: pixels of the resized region.
    public func magnitude(of region: FaceRegion) -> Double {
        let blocks = motions[region.firstBlock..<region.firstBlock + region.blocks]
        return blocks.reduce(0) { $0 + $1.magnitude } / Double(region.blocks)
    }
}

/// Where a face lay in a usable frame, the baseline's included.
public struct FacePlace: Sendable, Equatable {
    public var videoFrame: Int
    /// May reach beyond the picture.
    public var face: PixelBox
    /// The 68 landmarks.
    public var landmarks: [Landmark]
}
