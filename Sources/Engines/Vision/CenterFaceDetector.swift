import Foundation
import Foundations
import Media

/// Faces by CenterFace (arXiv:1911.03599), run by OpenCV, which takes inputs of any size.
public final class CenterFaceDetector: Sendable {
    /// What counts as found.
    public struct Options: Sendable {
        /// Lowest score.
        public var minScore = 0.5
        /// Boxes that overlap by more than this are one face.
        public var maxOverlap = 0.3
        /// Most faces of one picture.
        public var limit = 100
        /// Pictures with a longer side than this are shrunk to it: it bounds the time of one picture.
        public var maxSide = 480

        public init() {}
    }

    /// Pixels of the input for one cell of the output.
    private static let stride = 4

    private let network: VisionNetwork
    private let options: Options
    private let workers: WorkerThreads

    /// - Parameter model: `centerface.onnx`.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    public init(model: URL, options: Options = Options()) async throws {
        let workers = WorkerThreads(name: "centerface", width: 1)
        network = try await workers.run { try VisionNetwork(onnx: model) }
        self.options = options
        self.workers = workers
    }

    /// - Returns: detections labelled `face` with their landmarks, best score first, boxes in the picture's pixels.
    public func detect(in image: RGBImage) async throws -> [Detection] {
        try await workers.run { try self.detectNow(in: image) }
    }

    private func detectNow(in image: RGBImage) throws -> [Detection] {
        let scaled = image.size.fitted(side: options.maxSide)
        let plan = PicturePlan(scaled: scaled, canvas: scaled.roundedUp(to: 32))
        let outputs = try network.compute(
            image.planes(plan), shape: plan.shape, outputs: ["537", "538", "539", "540"])
        let columns = plan.canvas.width / Self.stride
        let cells = columns * (plan.canvas.height / Self.stride)
        guard outputs.count == 4, let heat = outputs[0].floats, let sizes = outputs[1].floats, let offsets = outputs[2].floats,
            let places = outputs[3].floats, heat.count == cells, sizes.count == 2 * cells, offsets.count == 2 * cells,
            places.count == 10 * cells
        else {
            throw NativeEngineError.unexpectedModel(name: "CenterFace", reason: "maps of a quarter size were expected")
        }
        let scaleX = Double(image.width) / Double(scaled.width)
        let scaleY = Double(image.height) / Double(scaled.height)
        let step = Double(Self.stride)
        var found: [Detection] = []
        for cell in 0..<cells where Double(heat[cell]) >= options.minScore {
            // The first of each pair of planes is vertical. Sizes are logarithms of cells, offsets are parts of a cell.
            let height = exp(Double(sizes[cell])) * step
            let width = exp(Double(sizes[cells + cell])) * step
            let centreY = (Double(cell / columns) + Double(offsets[cell]) + 0.5) * step
            let centreX = (Double(cell % columns) + Double(offsets[cells + cell]) + 0.5) * step
            guard height.isFinite, width.isFinite, centreX.isFinite, centreY.isFinite else { continue }
            // Landmarks are parts of the box, counted from its top left corner.
            func landmark(_ number: Int) -> PixelPoint {
                let (y, x) = (Double(places[2 * number * cells + cell]), Double(places[(2 * number + 1) * cells + cell]))
                return PixelPoint(x: (centreX + (x - 0.5) * width) * scaleX, y: (centreY + (y - 0.5) * height) * scaleY)
            }
            found.append(
                Detection(
                    label: "face", score: min(1, Double(heat[cell])),
                    box: PixelRect(
                        left: (centreX - width / 2) * scaleX, top: (centreY - height / 2) * scaleY,
                        right: (centreX + width / 2) * scaleX, bottom: (centreY + height / 2) * scaleY,
                        in: image.size),
                    landmarks: FaceLandmarks(
                        leftEye: landmark(0), rightEye: landmark(1), nose: landmark(2), leftMouthCorner: landmark(3),
                        rightMouthCorner: landmark(4))))
        }
        return NonMaximumSuppression.apply(found, threshold: options.maxOverlap, limit: options.limit)
    }
}
