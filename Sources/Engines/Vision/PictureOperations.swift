import CVision
import Media

/// How a picture becomes a network's input.
struct PicturePlan {
    /// The picture is resized to this, and put at the top left of the canvas.
    var scaled: PixelSize
    var canvas: PixelSize
    /// What fills the rest of the canvas, before normalisation.
    var padding: Float = 0
    /// Each value becomes `(value - mean) * factor`.
    var mean: Float = 0
    var factor: Float = 1
    /// Planes in the order blue, green, red, as models trained with OpenCV want them.
    var blueFirst = false

    var shape: [Int] { [1, 3, canvas.height, canvas.width] }
}

/// Four corners: top left, top right, bottom right, bottom left as the text in it runs.
struct Quadrilateral {
    /// x and y of each corner.
    var corners: [(x: Float, y: Float)]

    var width: Float { max(distance(0, 1), distance(3, 2)) }
    var height: Float { max(distance(0, 3), distance(1, 2)) }

    /// The same place with its corners named as if the picture were turned by quarter turns counter-clockwise.
    func turned(quarters: Int) -> Quadrilateral {
        Quadrilateral(corners: (0..<4).map { corners[($0 + quarters) % 4] })
    }

    func scaled(x: Float, y: Float) -> Quadrilateral {
        Quadrilateral(corners: corners.map { ($0.x * x, $0.y * y) })
    }

    /// The upright rectangle around it, inside a picture of `size`.
    func bounds(in size: PixelSize) -> PixelRect {
        PixelRect(
            left: Double(corners.map(\.x).min() ?? 0), top: Double(corners.map(\.y).min() ?? 0),
            right: Double(corners.map(\.x).max() ?? 0), bottom: Double(corners.map(\.y).max() ?? 0), in: size)
    }

    private func distance(_ a: Int, _ b: Int) -> Float {
        let dx = corners[a].x - corners[b].x
        let dy = corners[a].y - corners[b].y
        return (dx * dx + dy * dy).squareRoot()
    }
}

extension RGBImage {
    /// The luma of each pixel, rows from the top, as OpenCV computes it: 0.299, 0.587 and 0.114 in 15 bits, rounded.
    /// - Throws: `NativeEngineError.computationFailed`.
    package func greyLevels() throws -> [UInt8] {
        let done = withMessageBuffer { message, capacity in
            var result: Int32 = 0
            let levels = [UInt8](unsafeUninitializedCapacity: size.pixels) { buffer, initialized in
                result = cv_grey(pixels, Int32(width), Int32(height), buffer.baseAddress, message, capacity)
                initialized = result == CV_OK ? size.pixels : 0
            }
            return (result, levels)
        }
        guard done.value.0 == CV_OK else {
            throw NativeEngineError.computationFailed(name: "picture preparation", reason: done.message)
        }
        return done.value.1
    }

    /// The picture as three planes of floats.
    func planes(_ plan: PicturePlan) throws -> [Float] {
        var options = CvPlanes()
        options.scaled_width = Int32(plan.scaled.width)
        options.scaled_height = Int32(plan.scaled.height)
        options.canvas_width = Int32(plan.canvas.width)
        options.canvas_height = Int32(plan.canvas.height)
        options.padding = plan.padding
        options.mean = (plan.mean, plan.mean, plan.mean)
        options.factor = (plan.factor, plan.factor, plan.factor)
        options.blue_first = plan.blueFirst ? 1 : 0
        let done = withMessageBuffer { message, capacity in
            let count = 3 * plan.canvas.pixels
            var result: Int32 = 0
            let planes = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                result = cv_planes(
                    pixels, Int32(width), Int32(height), &options, buffer.baseAddress, message, capacity)
                initialized = result == CV_OK ? count : 0
            }
            return (result, planes)
        }
        guard done.value.0 == CV_OK else {
            throw NativeEngineError.computationFailed(name: "picture preparation", reason: done.message)
        }
        return done.value.1
    }

    /// Cuts out a quadrilateral as an upright picture of `size`.
    func cut(_ quad: Quadrilateral, size: PixelSize) throws -> RGBImage {
        let corners = quad.corners.flatMap { [$0.x, $0.y] }
        let done = withMessageBuffer { message, capacity in
            let count = 3 * size.pixels
            var result: Int32 = 0
            let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                result = cv_warp_quad(
                    self.pixels, Int32(width), Int32(height), corners, buffer.baseAddress, Int32(size.width),
                    Int32(size.height), message, capacity)
                initialized = result == CV_OK ? count : 0
            }
            return (result, pixels)
        }
        guard done.value.0 == CV_OK else {
            throw NativeEngineError.computationFailed(name: "picture preparation", reason: done.message)
        }
        return RGBImage(width: size.width, height: size.height, pixels: done.value.1)
    }
}

extension PixelSize {
    /// The largest size of the same shape inside a square of `side`; smaller pictures grow by at most `growth`.
    package func fitted(side: Int, growth: Double = 1) -> PixelSize {
        let scale = min(Double(side) / Double(max(width, height, 1)), growth)
        return PixelSize(
            width: max(1, min(side, Int((Double(width) * scale).rounded()))),
            height: max(1, min(side, Int((Double(height) * scale).rounded()))))
    }

    /// Each side rounded up to a multiple of `step`.
    func roundedUp(to step: Int) -> PixelSize {
        PixelSize(width: (width + step - 1) / step * step, height: (height + step - 1) / step * step)
    }
}

extension PixelRect {
    /// The rectangle between two corners, cut to a picture of `size`.
    init(left: Double, top: Double, right: Double, bottom: Double, in size: PixelSize) {
        let left = min(max(0, left), Double(size.width))
        let top = min(max(0, top), Double(size.height))
        self.init(
            x: left, y: top, width: max(0, min(right, Double(size.width)) - left),
            height: max(0, min(bottom, Double(size.height)) - top))
    }
}
