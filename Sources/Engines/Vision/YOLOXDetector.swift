import Foundation
import Foundations
import Media

/// Objects by YOLOX (arXiv:2107.08430) trained on COCO, run by ONNX Runtime.
public final class YOLOXDetector: Sendable {
    /// What counts as found.
    public struct Options: Sendable {
        /// Lowest score (objectness times class probability).
        public var minScore = 0.45
        /// Boxes of one label that overlap by more than this are one.
        public var maxOverlap = 0.45
        /// Most detections of one picture.
        public var limit = 100
        /// Threads of one run.
        public var threads = 1

        public init() {}
    }

    private static let strides = [8, 16, 32]
    private static let padding: Float = 114

    private let session: OnnxSession
    private let inputName: String
    private let outputName: String
    private let size: PixelSize
    private let options: Options
    private let workers: WorkerThreads

    /// - Parameter model: A YOLOX export whose output isn't decoded yet, as its authors publish them.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`.
    public init(model: URL, options: Options = Options(), library: OnnxLibrary) async throws {
        let workers = WorkerThreads(name: "yolox", width: 1)
        session = try await workers.run {
            try OnnxSession(model: model, threads: options.threads, library: library, workers: workers)
        }
        guard let input = session.inputs.first, let output = session.outputs.first, input.shape.count == 4,
            let height = input.shape[2], let width = input.shape[3], height.isMultiple(of: 32), width.isMultiple(of: 32),
            (32...4096).contains(width), (32...4096).contains(height)
        else {
            throw NativeEngineError.unexpectedModel(name: "YOLOX", reason: "one input of fixed size was expected")
        }
        inputName = input.name
        outputName = output.name
        size = PixelSize(width: width, height: height)
        self.options = options
        self.workers = workers
    }

    /// - Returns: objects with COCO labels, best score first, boxes in the picture's pixels.
    public func detect(in image: RGBImage) async throws -> [Detection] {
        try await workers.run { try self.detectNow(in: image) }
    }

    private func detectNow(in image: RGBImage) throws -> [Detection] {
        let scale = min(Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
        let scaled = PixelSize(
            width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        let plan = PicturePlan(scaled: scaled, canvas: size, padding: Self.padding, blueFirst: true)
        let outputs = try session.compute([inputName: Tensor(image.planes(plan), shape: plan.shape)])
        let columns = 5 + COCOLabels.names.count
        let cells = Self.strides.reduce(0) { $0 + (size.width / $1) * (size.height / $1) }
        guard let rows = outputs[outputName]?.floats, rows.count == cells * columns else {
            throw NativeEngineError.unexpectedModel(name: "YOLOX", reason: "\(cells) rows of \(columns) were expected")
        }
        return NonMaximumSuppression.apply(
            decode(rows, columns: columns, scale: scale, image: image.size), threshold: options.maxOverlap,
            limit: options.limit)
    }

    /// Each row belongs to a cell of one of three grids: offset of the centre and logarithm of the size in cells, then
    /// objectness, then a probability for each label.
    private func decode(_ rows: [Float], columns: Int, scale: Double, image: PixelSize) -> [Detection] {
        var found: [Detection] = []
        var row = 0
        for stride in Self.strides {
            for gridY in 0..<size.height / stride {
                for gridX in 0..<size.width / stride {
                    defer { row += columns }
                    let objectness = Double(rows[row + 4])
                    guard objectness >= options.minScore else { continue }
                    let classes = rows[row + 5..<row + columns]
                    guard let best = classes.indices.max(by: { classes[$0] < classes[$1] }) else { continue }
                    let score = objectness * Double(classes[best])
                    guard score >= options.minScore else { continue }
                    let unit = Double(stride) / scale
                    let centreX = (Double(rows[row]) + Double(gridX)) * unit
                    let centreY = (Double(rows[row + 1]) + Double(gridY)) * unit
                    let width = exp(Double(rows[row + 2])) * unit
                    let height = exp(Double(rows[row + 3])) * unit
                    guard centreX.isFinite, centreY.isFinite, width.isFinite, height.isFinite else { continue }
                    found.append(
                        Detection(
                            label: COCOLabels.names[best - row - 5], score: min(1, score),
                            box: PixelRect(
                                left: centreX - width / 2, top: centreY - height / 2, right: centreX + width / 2,
                                bottom: centreY + height / 2, in: image)))
                }
            }
        }
        return found
    }
}
