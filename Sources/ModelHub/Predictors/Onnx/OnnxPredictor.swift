import Engines
import Foundation
import Foundations

/// An ONNX file, served as it is: its inputs and outputs are the model's own.
public actor OnnxPredictor: Predictor {
    public typealias Loader = @Sendable () async throws -> OnnxSession

    public nonisolated let name: String
    private let opening: @Sendable () async throws -> OnnxModel
    private var opened: SharedLoad<OnnxModel>
    private var isLoading = false
    private var loaded: OnnxModel?
    private var failure: ErrorReport?

    /// - Parameter loader: opens the file. Called again after `unload`, and after a failure.
    public init(name: String, loader: @escaping Loader) {
        self.init(model: name) { OnnxModel(session: try await loader(), files: nil) }
    }

    /// - Parameter opening: as `loader`; it also says how the model answers about files.
    init(model name: String, opening: @escaping @Sendable () async throws -> OnnxModel) {
        self.name = name
        self.opening = opening
        opened = SharedLoad(opening)
    }

    public var state: PredictorState {
        if loaded != nil { return .ready }
        if isLoading { return .loading }
        return failure.map { .failed($0.message) } ?? .onDisk
    }

    public func load(by deadline: Deadline) async throws { _ = try await model(by: deadline) }

    public func unload() {
        loaded = nil
        failure = nil
        opened = SharedLoad(opening)
    }

    public func metadata(context: RequestContext) async throws -> InferenceMetadata {
        try metadata(of: try await model(by: context.deadline).session)
    }

    public func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        let session = try await model(by: context.deadline).session
        try metadata(of: session).check(request)
        let inputs = try Dictionary(
            request.inputs.map { ($0.name, try Tensor($0)) }, uniquingKeysWith: { first, _ in first })
        let outputs: [String: Tensor]
        do {
            outputs = try await withDeadline(context.deadline, waitingFor: "the model") { try await session.run(inputs) }
        } catch NativeEngineError.computationFailed {
            // The file loaded and the types fit: what is left is what these inputs hold.
            throw InferenceError.notComputable(model: name)
        }
        let tensors = try session.outputs.compactMap { port in
            try outputs[port.name].map { try InferenceTensor(name: port.name, $0) }
        }
        return InferenceResponse(
            model: name, version: PredictorSummary.onlyVersion, id: request.id, outputs: tensors
        ).reduced(to: request)
    }

    /// The model, opened when it isn't.
    func model(by deadline: Deadline) async throws -> OnnxModel {
        if let loaded { return loaded }
        let opened = opened
        isLoading = true
        defer { isLoading = false }
        do {
            let model = try await withDeadline(deadline, waitingFor: "the model to load") { try await opened.value() }
            // Unloaded meanwhile: this caller may use it, later ones load anew.
            if opened === self.opened { loaded = model }
            failure = nil
            return model
        } catch {
            failure = ErrorReport(error)
            throw error
        }
    }

    private func metadata(of session: OnnxSession) throws -> InferenceMetadata {
        func ports(_ ports: [OnnxSession.Port]) throws -> [InferenceMetadata.Port] {
            try ports.map { port in
                guard let type = port.elementType else {
                    throw NativeEngineError.unexpectedModel(name: name, reason: "\(port.name) isn't a tensor of a known type")
                }
                return .init(name: port.name, datatype: .init(type), shape: port.shape.map { $0 ?? -1 })
            }
        }
        return InferenceMetadata(
            name: name, versions: [PredictorSummary.onlyVersion], platform: "onnxruntime_onnx",
            inputs: try ports(session.inputs), outputs: try ports(session.outputs))
    }
}
