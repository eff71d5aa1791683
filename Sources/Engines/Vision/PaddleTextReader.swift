import CVision
import Foundation
import Foundations
import Media

/// Text in pictures by PP-OCR (arXiv:2009.09941): a network finds lines, another reads each, run by ONNX Runtime.
public final class PaddleTextReader: Sendable {
    /// Where the three networks are.
    public struct Models: Sendable {
        public var detection: URL
        public var recognition: URL
        /// Tells lines that stand on their head; `nil` when pictures are upright, as video frames are.
        public var orientation: URL?

        public init(detection: URL, recognition: URL, orientation: URL? = nil) {
            self.detection = detection
            self.recognition = recognition
            self.orientation = orientation
        }

        /// The PP-OCRv4 files by the names they are published under, in one folder.
        public init(folder: URL, orientation: Bool = false) {
            self.init(
                detection: folder.appending(path: "ch_PP-OCRv4_det_infer.onnx"),
                recognition: folder.appending(path: "ch_PP-OCRv4_rec_infer.onnx"),
                orientation: orientation ? folder.appending(path: "ch_ppocr_mobile_v2.0_cls_infer.onnx") : nil)
        }
    }

    /// What counts as text. The defaults prefer missing faint text to reading words into textures.
    public struct Options: Sendable {
        /// The longer side of the picture that lines are looked for in. Smaller pictures grow to it, at most twofold.
        public var detectionSide = 736
        /// Probability from which a pixel belongs to text.
        public var pixelThreshold = 0.3
        /// Mean probability from which a box is text.
        public var boxThreshold = 0.6
        /// How far boxes grow around the core of the text that the network marks.
        public var unclipRatio = 1.6
        /// Lowest mean probability of the characters read.
        public var minScore = 0.75
        /// Most lines of one picture, the likeliest first.
        public var limit = 64
        /// Threads of one run.
        public var threads = 1

        public init() {}
    }

    private let detection: OnnxSession
    private let recogniser: TextLineRecogniser
    private let orientation: OnnxSession?
    private let options: Options
    private let workers: WorkerThreads

    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`.
    public init(models: Models, options: Options = Options(), library: OnnxLibrary) async throws {
        let workers = WorkerThreads(name: "ocr", width: 1)
        @Sendable func open(_ model: URL) throws -> OnnxSession {
            try OnnxSession(model: model, threads: options.threads, library: library, workers: workers)
        }
        (detection, recogniser, orientation) = try await workers.run {
            (
                try open(models.detection), try TextLineRecogniser(session: open(models.recognition)),
                try models.orientation.map(open)
            )
        }
        self.options = options
        self.workers = workers
    }

    /// - Returns: lines in reading order: from the top, and from the left where lines stand side by side.
    public func readText(in image: RGBImage) async throws -> [TextRegion] {
        let quads = try await workers.run { try self.findLines(in: image) }
        var regions: [TextRegion] = []
        for quad in quads {
            // One line at a time, so that a cancelled task stops between lines and others get their turn.
            if let region = try await workers.run({ try self.read(quad, in: image) }) { regions.append(region) }
        }
        return Self.inReadingOrder(regions)
    }

    private func findLines(in image: RGBImage) throws -> [Quadrilateral] {
        let scaled = image.size.fitted(side: options.detectionSide, growth: 2)
        let plan = PicturePlan(
            scaled: scaled, canvas: scaled.roundedUp(to: 32), padding: 0, mean: 127.5, factor: 1 / 127.5, blueFirst: true)
        guard let input = detection.inputs.first?.name, let output = detection.outputs.first?.name else {
            throw NativeEngineError.unexpectedModel(name: "PP-OCR detection", reason: "one input was expected")
        }
        let outputs = try detection.compute([input: Tensor(image.planes(plan), shape: plan.shape)])
        guard let map = outputs[output]?.floats, map.count == plan.canvas.pixels else {
            throw NativeEngineError.unexpectedModel(name: "PP-OCR detection", reason: "a map of the input's size was expected")
        }
        var settings = CvTextBoxOptions()
        settings.pixel_threshold = Float(options.pixelThreshold)
        settings.box_threshold = Float(options.boxThreshold)
        settings.unclip_ratio = Float(options.unclipRatio)
        settings.min_side = 3
        let mostCandidates = 1000
        var boxes = [CvTextBox](repeating: CvTextBox(), count: mostCandidates)
        var count: Int32 = 0
        let found = withMessageBuffer { message, capacity in
            cv_text_boxes(
                map, Int32(plan.canvas.width), Int32(plan.canvas.height), &settings, &boxes, Int32(mostCandidates),
                &count, message, capacity)
        }
        guard found.value == CV_OK else {
            throw NativeEngineError.computationFailed(name: "PP-OCR detection", reason: found.message)
        }
        let scaleX = Float(image.width) / Float(scaled.width)
        let scaleY = Float(image.height) / Float(scaled.height)
        return boxes.prefix(Int(count)).sorted { $0.score > $1.score }.prefix(options.limit).map { box in
            let values = withUnsafeBytes(of: box.corners) { Array($0.bindMemory(to: Float.self)) }
            let corners = stride(from: 0, to: 8, by: 2).map { (x: values[$0], y: values[$0 + 1]) }
            return Quadrilateral(corners: corners).scaled(x: scaleX, y: scaleY)
        }
    }

    private func read(_ found: Quadrilateral, in image: RGBImage) throws -> TextRegion? {
        // Lines that stand upright are read turned: their characters mostly lie on the side.
        let quad = found.height >= 1.5 * found.width ? found.turned(quarters: 1) : found
        guard quad.width >= 2, quad.height >= 2 else { return nil }
        let height = TextLineRecogniser.height
        let longest = TextLineRecogniser.longestLine
        let width = min(longest, max(8, Int((Float(height) * quad.width / quad.height).rounded(.up))))
        let size = PixelSize(width: width, height: height)
        var line = try image.cut(quad, size: size)
        if try isUpsideDown(line) { line = try image.cut(quad.turned(quarters: 2), size: size) }
        let (text, score) = try recogniser.read(line)
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard score >= options.minScore, trimmed.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        return TextRegion(text: trimmed, score: score, box: quad.bounds(in: image.size))
    }

    private func isUpsideDown(_ line: RGBImage) throws -> Bool {
        guard let orientation, let input = orientation.inputs.first?.name, let output = orientation.outputs.first?.name
        else { return false }
        let canvas = PixelSize(width: 192, height: 48)
        let plan = PicturePlan(
            scaled: PixelSize(width: min(canvas.width, line.width), height: canvas.height), canvas: canvas,
            padding: 127.5, mean: 127.5, factor: 1 / 127.5, blueFirst: true)
        let outputs = try orientation.compute([input: Tensor(line.planes(plan), shape: plan.shape)])
        guard let probabilities = outputs[output]?.floats, probabilities.count == 2 else {
            throw NativeEngineError.unexpectedModel(name: "PP-OCR orientation", reason: "two numbers were expected")
        }
        return probabilities[1] > 0.9
    }

    /// Lines whose middles lie within half a line's height stand side by side.
    static func inReadingOrder(_ regions: [TextRegion]) -> [TextRegion] {
        var rows: [[TextRegion]] = []
        for region in regions.sorted(by: { $0.box.midY < $1.box.midY }) {
            if let first = rows.last?.first,
                abs(first.box.midY - region.box.midY) < min(first.box.height, region.box.height) / 2
            {
                rows[rows.count - 1].append(region)
            } else {
                rows.append([region])
            }
        }
        return rows.flatMap { row in row.sorted { $0.box.x < $1.box.x } }
    }
}
