import Engines
import Foundation
import Foundations

/// The handler `onnx`: an ONNX file in an operator's folder, and a `handler.yaml` beside it when it answers about files.
struct OnnxHandler: Handler {
    let directory: String
    private let predictor: OnnxPredictor

    /// - Parameters:
    ///   - limits: of the pictures that it is asked about.
    ///   - open: opens a model file.
    init(
        _ configuration: HandlerConfiguration, limits: MediaLimits = MediaLimits(),
        open: @escaping @Sendable (URL) async throws -> OnnxSession
    ) {
        let folder = URL(fileURLWithPath: configuration.directory, isDirectory: true)
        let name = configuration.name
        let threads = WorkerThreads(name: "handler.\(name)", width: 2)
        directory = configuration.directory
        predictor = OnnxPredictor(model: name) {
            let file = try await threads.run { try Self.model(in: folder, of: name) }
            do {
                let plan = try await threads.run { try Self.plan(in: folder) }
                let session = try await open(file)
                let files = try plan.map {
                    try OnnxFileAnswers(name: name, plan: $0, session: session, limits: limits, threads: threads)
                }
                return OnnxModel(session: session, files: files)
            } catch let fault as OnnxPlanFault {
                throw InferenceError.handlerUnusable(name: name, reason: fault.sentence)
            }
        }
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
        guard let answers = try await predictor.model(by: context.deadline).files else {
            throw InferenceError.takesNoFiles(model: name)
        }
        return try await answers.answer(files, context: context)
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

    /// The folder's `handler.yaml`; `nil` when there is none.
    private static func plan(in folder: URL) throws -> OnnxHandlerPlan? {
        let file = folder.appending(path: "handler.yaml")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let yaml = text(of: file) else {
            throw OnnxPlanFault(key: "", message: "it isn't a readable text of \(OnnxHandlerPlan.maxBytes) bytes at most")
        }
        return try OnnxHandlerPlan(yaml: yaml) { text(of: folder.appending(path: $0)) }
    }

    private static func text(of file: URL) -> String? {
        guard let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize, size <= OnnxHandlerPlan.maxBytes,
            let data = try? Data(contentsOf: file)
        else { return nil }
        return String(validating: data, as: UTF8.self)
    }
}
