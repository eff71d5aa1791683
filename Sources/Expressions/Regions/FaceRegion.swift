/// A part of a face whose movements are measured. Raw values are the names in feature columns, which come from the system whose models
/// are served.
public enum FaceRegion: String, Sendable, CaseIterable {
    /// Eye and brow at the picture's left: the person's right.
    case leftEye = "mata_kiri"
    case rightEye = "mata_kanan"
    case mouth = "mulut"

    /// Indices of the 68 landmarks (from 0) that the region encloses.
    var landmarks: [Int] {
        switch self {
        case .leftEye: Array(17...21) + Array(36...41)
        case .rightEye: Array(22...26) + Array(42...47)
        case .mouth: Array(48...67)
        }
    }

    /// What the region is resized to, in pixels.
    public var width: Int { self == .mouth ? 70 : 48 }
    public var height: Int { self == .mouth ? 35 : 32 }

    /// Blocks of 7 x 7 pixels beside and below each other; what doesn't fill a block is left out.
    public var columns: Int { width / BlockMotion.side }
    public var rows: Int { height / BlockMotion.side }
    public var blocks: Int { columns * rows }

    /// Blocks of all regions: 24 + 24 + 50.
    public static let allBlocks = allCases.reduce(0) { $0 + $1.blocks }

    /// Where the region's blocks begin among those of all regions.
    var firstBlock: Int { Self.allCases.prefix { $0 != self }.reduce(0) { $0 + $1.blocks } }
}

/// A rectangle of whole pixels; right and bottom are exclusive.
public struct PixelBox: Sendable, Equatable {
    public var left: Int
    public var top: Int
    public var right: Int
    public var bottom: Int

    public init(left: Int, top: Int, right: Int, bottom: Int) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    public var width: Int { right - left }
    public var height: Int { bottom - top }
    public var isEmpty: Bool { right <= left || bottom <= top }
}

/// A landmark, in whole pixels of the picture.
public struct Landmark: Sendable, Equatable {
    public var x: Int
    public var y: Int

    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

extension FaceRegion {
    /// Pixels around the landmarks: a fixed number, whatever the face's size.
    private static let margin = (x: 6, y: 8)

    /// The region's box in a picture of this size; it may be empty.
    func box(_ landmarks: [Landmark], width: Int, height: Int) -> PixelBox {
        let points = self.landmarks.map { landmarks[$0] }
        let xs = points.map(\.x), ys = points.map(\.y)
        return PixelBox(
            left: max(0, (xs.min() ?? 0) - Self.margin.x), top: max(0, (ys.min() ?? 0) - Self.margin.y),
            right: min(width, (xs.max() ?? 0) + Self.margin.x), bottom: min(height, (ys.max() ?? 0) + Self.margin.y))
    }
}
