/// A rectangle in pixels of the picture it was found in; `x`, `y` are the top left corner.
public struct PixelRect: Sendable, Equatable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var area: Double { max(0, width) * max(0, height) }
    public var midX: Double { x + width / 2 }
    public var midY: Double { y + height / 2 }

    /// Intersection over union, 0 to 1.
    public func overlap(with other: PixelRect) -> Double {
        let left = max(x, other.x)
        let top = max(y, other.y)
        let right = min(x + width, other.x + other.width)
        let bottom = min(y + height, other.y + other.height)
        guard right > left, bottom > top else { return 0 }
        let shared = (right - left) * (bottom - top)
        return shared / (area + other.area - shared)
    }
}

/// A place in pixels of the picture it was found in.
public struct PixelPoint: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Where the parts of a face are. Left and right as the picture shows them. They may lie outside the picture.
public struct FaceLandmarks: Sendable, Equatable {
    public var leftEye: PixelPoint
    public var rightEye: PixelPoint
    public var nose: PixelPoint
    public var leftMouthCorner: PixelPoint
    public var rightMouthCorner: PixelPoint

    public init(
        leftEye: PixelPoint, rightEye: PixelPoint, nose: PixelPoint, leftMouthCorner: PixelPoint, rightMouthCorner: PixelPoint
    ) {
        self.leftEye = leftEye
        self.rightEye = rightEye
        self.nose = nose
        self.leftMouthCorner = leftMouthCorner
        self.rightMouthCorner = rightMouthCorner
    }
}

/// Something found in a picture.
public struct Detection: Sendable, Equatable {
    /// A COCO category name (`cat`, `dining table`) or `face`.
    public var label: String
    /// 0 to 1, as the model gives it.
    public var score: Double
    public var box: PixelRect
    /// Of faces, where the detector tells.
    public var landmarks: FaceLandmarks?

    public init(label: String, score: Double, box: PixelRect, landmarks: FaceLandmarks? = nil) {
        self.label = label
        self.score = score
        self.box = box
        self.landmarks = landmarks
    }
}

/// A line of text read from a picture.
public struct TextRegion: Sendable, Equatable {
    public var text: String
    /// Mean character probability, 0 to 1.
    public var score: Double
    /// The upright rectangle around the (possibly turned) line.
    public var box: PixelRect

    public init(text: String, score: Double, box: PixelRect) {
        self.text = text
        self.score = score
        self.box = box
    }
}
