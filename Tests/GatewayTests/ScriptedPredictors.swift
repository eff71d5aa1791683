import Engines
import Foundation
import Foundations
import ModelHub
import Synchronization

/// Gives each input back as an output of the same name, and answers about files with their names and sizes.
final class EchoPredictor: Handler {
    let name: String
    let directory = "/srv/models/echo"
    let ports: [InferenceMetadata.Port]
    let contexts = Mutex([Foundations.RequestContext]())
    private let delay: Duration

    init(_ name: String = "echo", ports: [InferenceMetadata.Port]? = nil, delay: Duration = .zero) {
        self.name = name
        self.ports =
            ports ?? InferenceTensor.Datatype.allCases.map { .init(name: $0.rawValue.lowercased(), datatype: $0, shape: [-1]) }
        self.delay = delay
    }

    var state: PredictorState { get async { .ready } }
    func load(by deadline: Deadline) async throws {}
    func unload() async {}

    func metadata(context: Foundations.RequestContext) async throws -> InferenceMetadata {
        InferenceMetadata(name: name, versions: ["1"], platform: "echo", inputs: ports, outputs: ports)
    }

    func predict(_ request: InferenceRequest, context: Foundations.RequestContext) async throws -> InferenceResponse {
        contexts.withLock { $0.append(context) }
        for input in request.inputs {
            guard let port = ports.first(where: { $0.name == input.name }) else {
                throw InferenceError.unknownInput(name: input.name, model: name)
            }
            guard port.datatype == input.datatype else {
                throw InferenceError.invalidTensor(name: input.name, reason: "it is of another type")
            }
        }
        try await Task.sleep(for: delay)
        return InferenceResponse(model: name, version: "1", id: request.id, outputs: request.inputs).reduced(to: request)
    }

    func answer(_ files: [HandlerFile], context: Foundations.RequestContext) async throws -> JSONValue {
        let contents = try files.map { try Data(contentsOf: $0.url) }
        return ["sizes": .array(contents.map { .integer($0.count) }), "text": .string(String(decoding: contents[0], as: UTF8.self))]
    }
}

/// Predictors by name, with Triton's loading and unloading.
actor ScriptedPredictors: PredictorDirectory {
    private let all: [EchoPredictor]
    private var unloaded: Set<String> = []

    init(_ all: [EchoPredictor] = [EchoPredictor()]) { self.all = all }

    func handlers() -> [any Handler] { all }
    func predictors() -> [PredictorSummary] {
        all.map { PredictorSummary(name: $0.name, isReady: !unloaded.contains($0.name)) }
    }
    func summary(of name: String) -> PredictorSummary? { predictors().first { $0.name == name } }
    func predictor(_ name: String, version: String?) throws -> any Predictor {
        guard let found = all.first(where: { $0.name == name }) else { throw ModelHubError.modelNotFound(name) }
        if let version, !version.isEmpty, version != "1" { throw InferenceError.noSuchVersion(model: name, version: version) }
        return found
    }
    func loadPredictor(_ name: String, by deadline: Deadline) throws {
        unloaded.remove(name)
        _ = try predictor(name, version: nil)
    }
    func unloadPredictor(_ name: String) throws {
        _ = try predictor(name, version: nil)
        unloaded.insert(name)
    }
}
