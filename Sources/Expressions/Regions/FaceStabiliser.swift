import Foundation

/// A turn, a scale and a shift: (x, y) becomes (a x - b y + tx, b x + a y + ty).
package struct Similarity: Sendable, Equatable {
    package var a: Double
    package var b: Double
    package var tx: Double
    package var ty: Double

    package static let identity = Similarity(a: 1, b: 0, tx: 0, ty: 0)

    package func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x - b * y + tx, b * x + a * y + ty) }

    /// The least squares fit that carries points of one picture to those of another.
    package init?(from: [(x: Double, y: Double)], to: [(x: Double, y: Double)]) {
        let n = Double(min(from.count, to.count))
        guard n >= 2 else { return nil }
        let mean = { (points: [(x: Double, y: Double)]) in
            (x: points.reduce(0) { $0 + $1.x } / n, y: points.reduce(0) { $0 + $1.y } / n)
        }
        let (f, t) = (mean(from), mean(to))
        var cosine = 0.0, sine = 0.0, spread = 0.0
        for (p, q) in zip(from, to) {
            let (px, py, qx, qy) = (p.x - f.x, p.y - f.y, q.x - t.x, q.y - t.y)
            cosine += px * qx + py * qy
            sine += px * qy - py * qx
            spread += px * px + py * py
        }
        guard spread > 1e-9 else { return nil }
        a = cosine / spread
        b = sine / spread
        tx = t.x - (a * f.x - b * f.y)
        ty = t.y - (b * f.x + a * f.y)
    }

    package init(a: Double, b: Double, tx: Double, ty: Double) {
        self.a = a
        self.b = b
        self.tx = tx
        self.ty = ty
    }
}

/// Takes a face's regions out of a frame as they lay in the baseline: what the whole head did in between (shift, turn, scale) is undone, so
/// that only what moves within the face remains.
///
/// The landmarks, whole pixels that jump, give a first guess of the head's motion; the picture itself gives the rest: the guess is refined
/// until the face's middle fits the baseline's best, pixels that don't fit (a talking mouth, a blink) counting less.
///
/// Source: S. Baker and I. Matthews, "Lucas-Kanade 20 years on: a unifying framework", 2004 (inverse compositional, Tukey's weights).
package struct FaceStabiliser: Sendable {
    /// Pixels of the face's middle that the fit looks at, beside and below each other.
    private static let fitSide = 64
    private static let rounds = 12
    /// Landmarks that a face's expressions move least: nose and corners of the eyes.
    private static let rigid = Array(27...35) + [36, 39, 42, 45]

    private let landmarks: [(x: Double, y: Double)]
    private let boxes: [PixelBox]
    /// Where the fit looks: the square around the landmarks from brows to chin.
    private let square: (x: Double, y: Double, side: Double)
    private let template: [Float]
    /// For each pixel how the template changes with turn and scale (two) and shift (two).
    private let slopes: [SIMD4<Float>]

    package init(_ picture: GreyPicture, landmarks: [Landmark], boxes: [PixelBox]) {
        self.boxes = boxes
        self.landmarks = Self.rigid.map { (Double(landmarks[$0].x), Double(landmarks[$0].y)) }
        let inner = landmarks[17...]
        let left = Double(inner.map(\.x).min() ?? 0), right = Double(inner.map(\.x).max() ?? 0)
        let top = Double(inner.map(\.y).min() ?? 0), bottom = Double(inner.map(\.y).max() ?? 0)
        let side = max(right - left, bottom - top, 16) * 1.1
        square = ((left + right - side) / 2, (top + bottom - side) / 2, side)
        let n = Self.fitSide
        let template = Self.sampled(picture, square, .identity)
        self.template = template
        let step = side / Double(n)
        slopes = (0..<n * n).map { index in
            let (x, y) = (index % n, index / n)
            guard x > 0, y > 0, x < n - 1, y < n - 1 else { return .zero }
            // Per pixel of the picture.
            let gx = (template[index + 1] - template[index - 1]) / Float(2 * step), gy = (template[index + n] - template[index - n]) / Float(2 * step)
            let (px, py) = (Float((Double(x) + 0.5 - Double(n) / 2) * step), Float((Double(y) + 0.5 - Double(n) / 2) * step))
            return SIMD4(gx * px + gy * py, gy * px - gx * py, gx, gy)
        }
    }

    /// How the head moved from the baseline to a frame.
    package func motion(to picture: GreyPicture, landmarks current: [Landmark]) -> Similarity {
        let now = Self.rigid.map { (x: Double(current[$0].x), y: Double(current[$0].y)) }
        guard var motion = Similarity(from: landmarks, to: now) else { return .identity }
        let centre = (x: square.x + square.side / 2, y: square.y + square.side / 2)
        for _ in 0..<Self.rounds {
            guard let update = step(Self.sampled(picture, square, motion)) else { break }
            // The update moves the template about the square's middle; its inverse goes before the motion so far.
            let (da, db) = (1 + Double(update[0]), Double(update[1]))
            let norm = da * da + db * db
            guard norm > 0.25, norm < 4 else { break }
            let (ia, ib) = (da / norm, -db / norm)
            let ix = -(ia * Double(update[2]) - ib * Double(update[3])), iy = -(ib * Double(update[2]) + ia * Double(update[3]))
            // motion(c + inverse(p - c)) as one similarity.
            let offset = (x: centre.x - (ia * centre.x - ib * centre.y) + ix, y: centre.y - (ib * centre.x + ia * centre.y) + iy)
            let moved = motion(offset.x, offset.y)
            motion = Similarity(a: motion.a * ia - motion.b * ib, b: motion.b * ia + motion.a * ib, tx: moved.x, ty: moved.y)
            if abs(update[0]) + abs(update[1]) < 1e-5, abs(update[2]) + abs(update[3]) < 2e-3 { break }
        }
        return motion
    }

    /// One Gauss-Newton step: how the template would have to move to look like the picture.
    private func step(_ picture: [Float]) -> SIMD4<Float>? {
        // Brightness and contrast of the whole don't count.
        let n = Float(picture.count)
        let (meanT, meanP) = (template.reduce(0, +) / n, picture.reduce(0, +) / n)
        var squareT: Float = 0, squareP: Float = 0
        for index in picture.indices {
            squareT += (template[index] - meanT) * (template[index] - meanT)
            squareP += (picture[index] - meanP) * (picture[index] - meanP)
        }
        guard squareT > 0, squareP > 0 else { return nil }
        let gain = (squareT / squareP).squareRoot()
        var residuals = [Float](repeating: 0, count: picture.count)
        for index in picture.indices { residuals[index] = (picture[index] - meanP) * gain - (template[index] - meanT) }
        let spread = max(1, 1.4826 * Self.median(residuals.map(abs)))
        let limit = 4.685 * spread
        var matrix = [SIMD4<Float>](repeating: .zero, count: 4)
        var right = SIMD4<Float>.zero
        for index in picture.indices {
            let ratio = residuals[index] / limit
            guard abs(ratio) < 1 else { continue }
            let weight = (1 - ratio * ratio) * (1 - ratio * ratio)
            let slope = slopes[index]
            right += slope * (residuals[index] * weight)
            for row in 0..<4 { matrix[row] += slope * (slope[row] * weight) }
        }
        return Self.solved(matrix, right)
    }

    private static func median(_ values: [Float]) -> Float {
        // A histogram does: residuals are grey levels.
        var counts = [Int](repeating: 0, count: 1024)
        for value in values { counts[min(1023, Int(value * 4))] += 1 }
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen * 2 >= values.count { return (Float(index) + 0.5) / 4 }
        }
        return 0
    }

    /// Gaussian elimination with pivots.
    private static func solved(_ matrix: [SIMD4<Float>], _ right: SIMD4<Float>) -> SIMD4<Float>? {
        var rows = (0..<4).map { row in (0..<4).map { Double(matrix[row][$0]) } + [Double(right[row])] }
        for column in 0..<4 {
            guard let pivot = (column..<4).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }), abs(rows[pivot][column]) > 1e-6
            else { return nil }
            rows.swapAt(column, pivot)
            for row in 0..<4 where row != column {
                let factor = rows[row][column] / rows[column][column]
                for k in column...4 { rows[row][k] -= factor * rows[column][k] }
            }
        }
        return SIMD4((0..<4).map { Float(rows[$0][4] / rows[$0][$0]) })
    }

    /// A region with what the windows around its blocks need beside it, as the baseline would show it.
    package func patch(_ region: FaceRegion, of picture: GreyPicture, motion: Similarity) -> [Float] {
        let box = boxes[FaceRegion.allCases.firstIndex(of: region) ?? 0]
        let (stepX, stepY) = (Double(box.width) / Double(region.width), Double(box.height) / Double(region.height))
        let (before, side) = (WidePhaseCorrelation.before, BlockMotion.side)
        let width = before + region.columns * side + WidePhaseCorrelation.behind
        let height = before + region.rows * side + WidePhaseCorrelation.behind
        return Self.sampled(picture, width: width, height: height, motion) { x, y in
            (Double(box.left) + (Double(x - before) + 0.5) * stepX - 0.5, Double(box.top) + (Double(y - before) + 0.5) * stepY - 0.5)
        } spacing: { (stepX, stepY) }
    }

    private static func sampled(_ picture: GreyPicture, _ square: (x: Double, y: Double, side: Double), _ motion: Similarity) -> [Float] {
        let step = square.side / Double(fitSide)
        return sampled(picture, width: fitSide, height: fitSide, motion) { x, y in
            (square.x + (Double(x) + 0.5) * step - 0.5, square.y + (Double(y) + 0.5) * step - 0.5)
        } spacing: { (step, step) }
    }

    /// Bilinear samples on a grid laid over the baseline and moved with the head; where samples lie several pixels apart, each is the mean of
    /// several.
    private static func sampled(
        _ picture: GreyPicture, width: Int, height: Int, _ motion: Similarity, at place: (Int, Int) -> (x: Double, y: Double),
        spacing: () -> (x: Double, y: Double)
    ) -> [Float] {
        let step = spacing()
        let (nx, ny) = (max(1, min(8, Int(step.x.rounded()))), max(1, min(8, Int(step.y.rounded()))))
        let (maxX, maxY) = (Double(picture.width - 1), Double(picture.height - 1))
        return picture.pixels.withUnsafeBufferPointer { pixels in
            [Float](unsafeUninitializedCapacity: width * height) { out, count in
                for row in 0..<height {
                    for column in 0..<width {
                        let centre = place(column, row)
                        var sum: Float = 0
                        for j in 0..<ny {
                            for i in 0..<nx {
                                let p = motion(
                                    centre.x + ((Double(i) + 0.5) / Double(nx) - 0.5) * step.x, centre.y + ((Double(j) + 0.5) / Double(ny) - 0.5) * step.y)
                                let (x, y) = (min(max(p.x, 0), maxX), min(max(p.y, 0), maxY))
                                let (left, top) = (Int(x), Int(y))
                                let (fx, fy) = (Float(x - Double(left)), Float(y - Double(top)))
                                let (right, bottom) = (min(left + 1, picture.width - 1), min(top + 1, picture.height - 1))
                                let upper = Float(pixels[top * picture.width + left]) * (1 - fx) + Float(pixels[top * picture.width + right]) * fx
                                let lower = Float(pixels[bottom * picture.width + left]) * (1 - fx) + Float(pixels[bottom * picture.width + right]) * fx
                                sum += upper * (1 - fy) + lower * fy
                            }
                        }
                        out[row * width + column] = sum / Float(nx * ny)
                    }
                }
                count = width * height
            }
        }
    }
}
