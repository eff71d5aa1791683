import Engines
import Foundation
import Foundations

/// The handler `onnx`: an ONNX file in an operator's folder.
struct OnnxHandler: Handler {
    let directory: String
    private let predictor: OnnxPredictor

    /// - Parameter open: opens a model file.
    init(_ configuration: HandlerConfiguration, open: @escaping @Sendable (URL) async throws -> OnnxSession) {
        let folder = URL(fileURLWithPath: configuration.directory, isDirectory: true)
        let name = configuration.name
        directory = configuration.directory
        predictor = OnnxPredictor(name: name) { try await open(try Self.model(in: folder, of: name)) }
    }

    var name: String { predictor.name }
    var state: PredictorState { get async { await predictor.state } }

    func load(by deadline: Deadline) async throws { try await predictor.load(by: deadline) }
    func unload() async { await predictor.unload() }
    func metadata(context: RequestContext) async throws -> InferenceMetadata { try await predictor.metadata(context: context) }
    func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        try await predictor.predict(request, context: context)
    }

    func answer(_ files: [HandlerFile], context: RequestContext) async throws -> JSONValue {
        throw InferenceError.takesNoFiles(model: name)
    }

    /// `model.onnx`, or else the only ONNX file.
    private static func model(in folder: URL, of name: String) throws -> URL {
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let models = entries.filter { $0.pathExtension.lowercased() == "onnx" }
        if let model = models.first(where: { $0.lastPathComponent == "model.onnx" }) ?? models.first,
            models.count == 1 || model.lastPathComponent == "model.onnx"
        {
            return model
        }
        throw InferenceError.handlerUnusable(
            name: name, reason: "Its dir must hold model.onnx, or one single .onnx file.")
    }
}
