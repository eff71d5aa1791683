import Media

/// Draws the regions' boxes and the blocks' motions into a picture.
struct OverlayPainter {
    private var pixels: [UInt8]
    private let width: Int
    private let height: Int
    /// Motions are drawn so many times as long as they are.
    private static let magnification = 3.0
    private static let boxColour: (UInt8, UInt8, UInt8) = (64, 224, 255)
    private static let motionColour: (UInt8, UInt8, UInt8) = (255, 208, 0)
    private static let flowColour: (UInt8, UInt8, UInt8) = (255, 72, 196)

    init(_ image: RGBImage) {
        pixels = image.pixels
        width = image.width
        height = image.height
    }

    /// The picture with a row's boxes, its blocks' motions (yellow) and, where there is flow, the blocks' mean flow (pink).
    static func painted(_ image: RGBImage, _ row: ExpressionRow) -> RGBImage {
        var painter = OverlayPainter(image)
        for (region, box) in zip(FaceRegion.allCases, row.boxes) {
            painter.outline(box)
            for block in 0..<region.blocks {
                if let flow = row.flow { painter.arrow(flow[region.firstBlock + block], block, region, box, flowColour) }
                painter.arrow(row.motions[region.firstBlock + block], block, region, box, motionColour)
            }
        }
        return RGBImage(width: painter.width, height: painter.height, pixels: painter.pixels)
    }

    private mutating func outline(_ box: PixelBox) {
        let (left, top, right, bottom) = (Double(box.left), Double(box.top), Double(box.right - 1), Double(box.bottom - 1))
        for (a, b) in [((left, top), (right, top)), ((right, top), (right, bottom)), ((right, bottom), (left, bottom)), ((left, bottom), (left, top))] {
            line(a, b, Self.boxColour)
        }
    }

    private mutating func arrow(_ motion: BlockMotion, _ block: Int, _ region: FaceRegion, _ box: PixelBox, _ colour: (UInt8, UInt8, UInt8)) {
        let side = Double(BlockMotion.side)
        let (scaleX, scaleY) = (Double(box.width) / Double(region.width), Double(box.height) / Double(region.height))
        let x = Double(box.left) + (Double(block % region.columns) + 0.5) * side * scaleX
        let y = Double(box.top) + (Double(block / region.columns) + 0.5) * side * scaleY
        guard motion.magnitude > 0 else { return dot(x, y, colour) }
        let end = (x + motion.x * scaleX * Self.magnification, y - motion.y * scaleY * Self.magnification)
        line((x, y), end, colour)
        // The head: two strokes back from the tip.
        let (dx, dy) = (x - end.0, y - end.1)
        let length = max(1, (dx * dx + dy * dy).squareRoot())
        let head = min(length * 0.5, 5)
        for turn in [0.5, -0.5] {
            let (cosine, sine) = (0.8776, turn < 0 ? -0.4794 : 0.4794)
            line(end, (end.0 + (dx * cosine - dy * sine) / length * head, end.1 + (dx * sine + dy * cosine) / length * head), colour)
        }
    }

    private mutating func dot(_ x: Double, _ y: Double, _ colour: (UInt8, UInt8, UInt8)) { put(Int(x.rounded()), Int(y.rounded()), colour) }

    private mutating func line(_ from: (Double, Double), _ to: (Double, Double), _ colour: (UInt8, UInt8, UInt8)) {
        let steps = max(1, Int(max(abs(to.0 - from.0), abs(to.1 - from.1)).rounded(.up)))
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            dot(from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share, colour)
        }
    }

    private mutating func put(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let at = (y * width + x) * 3
        (pixels[at], pixels[at + 1], pixels[at + 2]) = colour
    }
}
