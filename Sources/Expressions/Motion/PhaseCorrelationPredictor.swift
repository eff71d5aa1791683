import Engines
import Foundations
import ModelHub

/// The phase correlation of blocks as a model of its own, for those who bring their blocks themselves, and for checks against others.
///
/// Takes `baseline` and `current` (UINT8, n x 7 x 7); gives `vector` (INT32, n x 2: x to the right, y upwards), `peak` (FP64, n) and `surface`
/// (FP64, n x 7 x 7, no displacement in the middle). The request's parameter `estimator` is `hann2d` (default) or `none`.
public struct PhaseCorrelationPredictor: Predictor {
    public let name = "phase-correlation"
    private let threads = WorkerThreads(name: "phase-correlation", width: 2)
    private static let side = BlockMotion.side
    /// Blocks of one request.
    private static let maxBlocks = 200_000

    public init() {}

    public var state: PredictorState { .ready }
    public func load(by deadline: Deadline) {}
    public func unload() {}

    public func metadata(context: RequestContext) -> InferenceMetadata {
        let blocks = [-1, Self.side, Self.side]
        return InferenceMetadata(
            name: name, versions: [PredictorSummary.onlyVersion], platform: "martlet_native",
            inputs: [.init(name: "baseline", datatype: .uint8, shape: blocks), .init(name: "current", datatype: .uint8, shape: blocks)],
            outputs: [
                .init(name: "vector", datatype: .int32, shape: [-1, 2]), .init(name: "peak", datatype: .float64, shape: [-1]),
                .init(name: "surface", datatype: .float64, shape: blocks),
            ])
    }

    public func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        try metadata(context: context).check(request)
        guard let baseline = request.inputs.first(where: { $0.name == "baseline" }),
            let current = request.inputs.first(where: { $0.name == "current" })
        else { throw InferenceError.missingInput(name: "baseline", model: name) }
        guard baseline.shape == current.shape else {
            throw InferenceError.invalidTensor(name: "current", reason: "its shape isn't the baseline's")
        }
        guard let blocks = baseline.shape.first, blocks <= Self.maxBlocks else {
            throw InferenceError.invalidTensor(name: "baseline", reason: "it has more than \(Self.maxBlocks) blocks")
        }
        let written = request.parameters["estimator"]?.stringValue ?? PhaseCorrelation.Window.hann2d.rawValue
        guard let window = PhaseCorrelation.Window(rawValue: written) else {
            throw ExpressionError.outOfRange(field: "estimator", allowed: "hann2d or none")
        }
        let outputs = try await threads.run {
            let correlation = PhaseCorrelation(window: window)
            let first = correlation.spectra(baseline.numbers(UInt8.self)), second = correlation.spectra(current.numbers(UInt8.self))
            var matches: [PhaseCorrelation.Match] = []
            let surface = [Double](unsafeUninitializedCapacity: blocks * Self.side * Self.side) { out, count in
                matches = correlation.matches(second, with: first, surface: out)
                count = blocks * Self.side * Self.side
            }
            return [
                try InferenceTensor(name: "vector", shape: [blocks, 2], matches.flatMap { [Int32($0.x), Int32($0.y)] }),
                try InferenceTensor(name: "peak", shape: [blocks], matches.map(\.peak)),
                try InferenceTensor(name: "surface", shape: baseline.shape, surface),
            ]
        }
        return InferenceResponse(model: name, version: PredictorSummary.onlyVersion, id: request.id, outputs: outputs).reduced(to: request)
    }
}
