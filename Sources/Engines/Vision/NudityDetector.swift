import Foundation
import Foundations
import Media

/// Faces and bare or covered parts of bodies by NudeNet (https://github.com/notAI-tech/NudeNet), a YOLOv8 network run by ONNX Runtime.
public final class NudityDetector: Sendable {
    /// What it finds, in the order of the network's classes.
    public static let labels = [
        "FEMALE_GENITALIA_COVERED", "FACE_FEMALE", "BUTTOCKS_EXPOSED", "FEMALE_BREAST_EXPOSED", "FEMALE_GENITALIA_EXPOSED", "MALE_BREAST_EXPOSED",
        "ANUS_EXPOSED", "FEET_EXPOSED", "BELLY_COVERED", "FEET_COVERED", "ARMPITS_COVERED", "ARMPITS_EXPOSED", "FACE_MALE", "BELLY_EXPOSED",
        "MALE_GENITALIA_EXPOSED", "ANUS_COVERED", "FEMALE_BREAST_COVERED", "BUTTOCKS_COVERED",
    ]

    private static let side = 320
    private static let minScore: Float = 0.25
    private static let maxOverlap = 0.45
    private static let limit = 100

    private let session: OnnxSession
    private let inputName: String
    private let outputName: String
    private let workers: WorkerThreads

    /// - Parameter model: NudeNet's `320n.onnx`.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`.
    public init(model: URL, threads: Int = 1, library: OnnxLibrary) async throws {
        let workers = WorkerThreads(name: "nudity", width: 1)
        session = try await workers.run { try OnnxSession(model: model, threads: threads, library: library, workers: workers) }
        guard let input = session.inputs.first, let output = session.outputs.first, session.inputs.count == 1, input.shape.count == 4,
            output.shape.count == 3
        else { throw NativeEngineError.unexpectedModel(name: "NudeNet", reason: "one picture in and one table out were expected") }
        inputName = input.name
        outputName = output.name
        self.workers = workers
    }

    /// - Returns: what was found, best score first, boxes in the picture's pixels.
    /// - Throws: `NativeEngineError.computationFailed`, `.unexpectedModel`; `CancellationError`.
    public func detect(in image: RGBImage) async throws -> [Detection] {
        try await workers.run { try self.detectNow(in: image) }
    }

    private func detectNow(in image: RGBImage) throws -> [Detection] {
        let scale = Double(Self.side) / Double(max(image.width, image.height))
        let scaled = PixelSize(
            width: max(1, Int((Double(image.width) * scale).rounded())), height: max(1, Int((Double(image.height) * scale).rounded())))
        let plan = PicturePlan(scaled: scaled, canvas: PixelSize(width: Self.side, height: Self.side), factor: 1 / 255)
        let outputs = try session.compute([inputName: Tensor(image.planes(plan), shape: plan.shape)])
        let rows = 4 + Self.labels.count
        guard let table = outputs[outputName]?.floats, !table.isEmpty, table.count.isMultiple(of: rows) else {
            throw NativeEngineError.unexpectedModel(name: "NudeNet", reason: "a table of \(rows) rows was expected")
        }
        return NonMaximumSuppression.apply(
            decode(table, columns: table.count / rows, scale: scale, image: image.size), threshold: Self.maxOverlap, limit: Self.limit)
    }

    /// A column for each place: centre and size of its box in the network's pixels, then a probability for each label.
    private func decode(_ table: [Float], columns: Int, scale: Double, image: PixelSize) -> [Detection] {
        (0..<columns).compactMap { column in
            func value(_ row: Int) -> Float { table[row * columns + column] }
            guard let best = Self.labels.indices.max(by: { value(4 + $0) < value(4 + $1) }), value(4 + best) >= Self.minScore else { return nil }
            let box = (0..<4).map { Double(value($0)) / scale }
            guard box.allSatisfy(\.isFinite) else { return nil }
            return Detection(
                label: Self.labels[best], score: min(1, Double(value(4 + best))),
                box: PixelRect(
                    left: box[0] - box[2] / 2, top: box[1] - box[3] / 2, right: box[0] + box[2] / 2, bottom: box[1] + box[3] / 2, in: image))
        }
    }
}
