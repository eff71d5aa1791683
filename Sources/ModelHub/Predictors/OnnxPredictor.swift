import Engines
import Foundation
import Foundations

/// An ONNX file, served as it is: its inputs and outputs are the model's own.
public actor OnnxPredictor: Predictor {
    public typealias Loader = @Sendable () async throws -> OnnxSession

    public nonisolated let name: String
    private let loader: Loader
    private var session: SharedLoad<OnnxSession>
    private var isLoading = false
    private var loaded: OnnxSession?
    private var failure: ErrorReport?

    /// - Parameter loader: opens the file. Called again after `unload`, and after a failure.
    public init(name: String, loader: @escaping Loader) {
        self.name = name
        self.loader = loader
        session = SharedLoad(loader)
    }

    public var state: PredictorState {
        if loaded != nil { return .ready }
        if isLoading { return .loading }
        return failure.map { .failed($0.message) } ?? .onDisk
    }

    public func load(by deadline: Deadline) async throws { _ = try await open(by: deadline) }

    public func unload() {
        loaded = nil
        failure = nil
        session = SharedLoad(loader)
    }

    public func metadata(context: RequestContext) async throws -> InferenceMetadata {
        try metadata(of: try await open(by: context.deadline))
    }

    public func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        let session = try await open(by: context.deadline)
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

    private func open(by deadline: Deadline) async throws -> OnnxSession {
        if let loaded { return loaded }
        let session = session
        isLoading = true
        defer { isLoading = false }
        do {
            let opened = try await withDeadline(deadline, waitingFor: "the model to load") { try await session.value() }
            // Unloaded meanwhile: this caller may use it, later ones load anew.
            if session === self.session { loaded = opened }
            failure = nil
            return opened
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
