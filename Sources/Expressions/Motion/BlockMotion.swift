import Foundation

/// How the content of one block moved from the baseline to a frame: pixels of the resized region, x to the right, y upwards.
public struct BlockMotion: Sendable, Equatable {
    /// Pixels beside and below each other in a block.
    public static let side = 7

    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    public static let none = BlockMotion(x: 0, y: 0)

    /// Degrees counter-clockwise from the right, in [0, 360), rounded to 3 decimals; 0 where nothing moved.
    public var angle: Double {
        guard x != 0 || y != 0 else { return 0 }
        let degrees = atan2(y, x) * 180 / .pi
        let angle = Self.rounded(degrees < 0 ? degrees + 360 : degrees)
        return angle == 360 ? 0 : angle
    }

    /// Pixels, rounded to 3 decimals.
    public var magnitude: Double { Self.rounded((x * x + y * y).squareRoot()) }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded(.toNearestOrEven) / 1000 }
}
