import Engines
import Foundations
import GRPCCore
import InferenceProtocol
import ModelHub

/// `inference.GRPCInferenceService`: the Open Inference Protocol over gRPC, with Triton's stream, repository and model
/// configuration calls.
struct InferenceCalls: Inference_GRPCInferenceService.ServiceProtocol {
    let services: GatewayServices

    private var inference: Inference { Inference(services: services) }

    func serverLive(
        request: ServerRequest<Inference_ServerLiveRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerLiveResponse> {
        ServerResponse(message: .with { $0.live = true })
    }

    func serverReady(
        request: ServerRequest<Inference_ServerReadyRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerReadyResponse> {
        let isReady = await inference.isReady()
        return ServerResponse(message: .with { $0.ready = isReady })
    }

    /// A model that isn't there isn't ready: no error, as Triton has it.
    func modelReady(
        request: ServerRequest<Inference_ModelReadyRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelReadyResponse> {
        var isReady = false
        do {
            try await inference.checkReady(request.message.name, version: request.message.version)
            isReady = true
        } catch let error where [.notFound, .unavailable].contains(ErrorReport(error).kind) {}
        return ServerResponse(message: .with { $0.ready = isReady })
    }

    func serverMetadata(
        request: ServerRequest<Inference_ServerMetadataRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerMetadataResponse> {
        ServerResponse(
            message: .with {
                $0.name = Inference.serverName
                $0.version = Version.text
                $0.extensions = Inference.extensions + ["model_repository"]
            })
    }

    func modelMetadata(
        request: ServerRequest<Inference_ModelMetadataRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelMetadataResponse> {
        let (asked, bounds) = (request.message, request.metadata)
        return ServerResponse(
            message: Inference_ModelMetadataResponse(try await metadata(of: asked.name, version: asked.version, bounds)))
    }

    func modelConfig(
        request: ServerRequest<Inference_ModelConfigRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelConfigResponse> {
        let (asked, bounds) = (request.message, request.metadata)
        return ServerResponse(
            message: Inference_ModelConfigResponse(try await metadata(of: asked.name, version: asked.version, bounds)))
    }

    func modelInfer(
        request: ServerRequest<Inference_ModelInferRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelInferResponse> {
        ServerResponse(message: try await answer(request.message, request.metadata))
    }

    /// Answers in the order of the requests. One that fails is answered with its error's text; the stream goes on.
    func modelStreamInfer(
        request: StreamingServerRequest<Inference_ModelInferRequest>, context: ServerContext
    ) async throws -> StreamingServerResponse<Inference_ModelStreamInferResponse> {
        StreamingServerResponse { writer in
            for try await asked in request.messages {
                var message = Inference_ModelStreamInferResponse()
                do {
                    message.inferResponse = try await answer(asked, request.metadata)
                } catch {
                    let report = ErrorReport(error)
                    // What ends the whole stream is told by its status.
                    if report.kind == .cancelled || error as? GatewayError == .stopping { throw error }
                    message.errorMessage = report.message
                    message.inferResponse.modelName = asked.modelName
                    message.inferResponse.id = asked.id
                }
                try await writer.write(message)
            }
            return [:]
        }
    }

    // MARK: Repository

    func repositoryIndex(
        request: ServerRequest<Inference_RepositoryIndexRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryIndexResponse> {
        let models = await ModelRepository(services: services).index(onlyReady: request.message.ready)
        return ServerResponse(
            message: .with { response in
                response.models = models.map { model in
                    .with {
                        $0.name = model.name
                        $0.version = model.version
                        $0.state = model.state
                        $0.reason = model.reason
                    }
                }
            })
    }

    /// Configurations and files that a caller sends along are refused: models come from the catalog and the configuration.
    func repositoryModelLoad(
        request: ServerRequest<Inference_RepositoryModelLoadRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryModelLoadResponse> {
        guard request.message.parameters.isEmpty else {
            throw InferenceError.unsupported(what: "model configurations and files with load requests")
        }
        let name = request.message.modelName
        _ = try await services.bounded(request.metadata) { try await ModelRepository(services: services).load(name, $0) }
        return ServerResponse(message: .init())
    }

    func repositoryModelUnload(
        request: ServerRequest<Inference_RepositoryModelUnloadRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryModelUnloadResponse> {
        let name = request.message.modelName
        _ = try await services.bounded(request.metadata) { try await ModelRepository(services: services).unload(name, $0) }
        return ServerResponse(message: .init())
    }

    // MARK: Work

    private func metadata(of model: String, version: String, _ metadata: Metadata) async throws -> InferenceMetadata {
        try await services.bounded(metadata) { try await inference.metadata(of: model, version: version, context: $0) }
    }

    private func answer(
        _ message: Inference_ModelInferRequest, _ metadata: Metadata
    ) async throws -> Inference_ModelInferResponse {
        try await services.bounded(metadata) { context in
            try await inference.checkAdmission(message.modelName, version: message.modelVersion, context: context)
            let asked = try await services.threads.run { try InferenceRequest(message) }
            let answer = try await inference.infer(
                asked, model: message.modelName, version: message.modelVersion, context: context)
            return try await services.threads.run {
                try Inference_ModelInferResponse(answer, raw: !message.rawInputContents.isEmpty)
            }
        }
    }
}
