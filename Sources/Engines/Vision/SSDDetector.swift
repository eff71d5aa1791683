import Foundation
import Foundations
import Media

/// Objects by SSD-MobileNet-v2 (TensorFlow object detection, trained on COCO), run by OpenCV.
public final class SSDDetector: Sendable {
    /// What counts as found.
    public struct Options: Sendable {
        /// Lowest score.
        public var minScore = 0.5
        /// Boxes of one label that overlap by more than this are one.
        public var maxOverlap = 0.5
        /// Most detections of one picture.
        public var limit = 100

        public init() {}
    }

    private static let side = 300

    private let network: VisionNetwork
    private let options: Options
    private let workers: WorkerThreads

    /// - Parameters:
    ///   - graph: `frozen_inference_graph.pb`.
    ///   - description: OpenCV's `.pbtxt` for it.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    public init(graph: URL, description: URL, options: Options = Options()) async throws {
        let workers = WorkerThreads(name: "ssd", width: 1)
        network = try await workers.run { try VisionNetwork(graph: graph, description: description) }
        self.options = options
        self.workers = workers
    }

    /// - Returns: objects with COCO labels, best score first, boxes in the picture's pixels.
    public func detect(in image: RGBImage) async throws -> [Detection] {
        try await workers.run { try self.detectNow(in: image) }
    }

    private func detectNow(in image: RGBImage) throws -> [Detection] {
        let size = PixelSize(width: Self.side, height: Self.side)
        // The graph scales values itself.
        let plan = PicturePlan(scaled: size, canvas: size)
        let found = try network.compute(image.planes(plan), shape: plan.shape, outputs: ["detection_out"])
        // Rows of seven: picture, category, score, left, top, right, bottom; places as shares of the sides.
        guard let rows = found.first?.floats, rows.count.isMultiple(of: 7) else {
            throw NativeEngineError.unexpectedModel(name: "SSD", reason: "rows of seven numbers were expected")
        }
        let width = Double(image.width)
        let height = Double(image.height)
        let detections = stride(from: 0, to: rows.count, by: 7).compactMap { row -> Detection? in
            let values = rows[row..<row + 7].map(Double.init)
            guard values.allSatisfy(\.isFinite), values[2] >= options.minScore,
                let label = COCOLabels.name(category: Int(values[1]))
            else { return nil }
            return Detection(
                label: label, score: min(1, values[2]),
                box: PixelRect(
                    left: values[3] * width, top: values[4] * height, right: values[5] * width,
                    bottom: values[6] * height, in: image.size))
        }
        return NonMaximumSuppression.apply(detections, threshold: options.maxOverlap, limit: options.limit)
    }
}
