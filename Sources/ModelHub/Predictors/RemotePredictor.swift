import AsyncHTTPClient
import Engines
import Foundations

/// A model that takes tensors on a Triton server, or on any other server of the Open Inference Protocol. What fits it is for the
/// server to judge: only it knows which inputs may be left out.
actor RemotePredictor: Predictor {
    nonisolated let name: String
    /// The name the server knows it by.
    private let model: String
    private let triton: TritonClient
    /// Whether the server takes binary data; asked once.
    private let takesBinary: SharedLoad<Bool>

    /// The longest a server may take to say how it is.
    private static let probeTimeout: Duration = .seconds(3)

    /// - Throws: `EndpointError.invalidURL`.
    init(_ endpoint: EndpointConfiguration, maxBytes: Int, client: HTTPClient) throws {
        name = endpoint.id
        model = endpoint.model ?? endpoint.id
        let triton = try TritonClient(
            name: endpoint.id, baseURL: endpoint.url, token: endpoint.apiKey, maxAnswerBytes: maxBytes, client: client)
        self.triton = triton
        takesBinary = SharedLoad {
            try await triton.inference.extensions(context: RequestContext(deadline: .after(Self.probeTimeout)))
                .contains(OpenInferenceClient.binaryExtension)
        }
    }

    var state: PredictorState {
        get async {
            do {
                let context = RequestContext(deadline: .after(Self.probeTimeout))
                return try await triton.isReady(model: model, context: context) ? .ready : .onDisk
            } catch {
                return .failed(ErrorReport(error).message)
            }
        }
    }

    func load(by deadline: Deadline) async throws {
        let context = RequestContext(deadline: deadline)
        // Loading a ready model would load it anew.
        if try await !triton.isReady(model: model, context: context) { try await triton.load(model, context: context) }
    }

    func unload() async throws {
        try await triton.unload(model, context: RequestContext(deadline: .after(.seconds(60))))
    }

    func metadata(context: RequestContext) async throws -> InferenceMetadata {
        var metadata = try await triton.inference.metadata(of: model, context: context)
        metadata.name = name
        return metadata
    }

    func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        var response = try await context.withSpan("endpoint call", .client, ["martlet.endpoint": .text(name)]) { context in
            try await triton.inference.infer(request, model: model, binary: try await takesBinary.value(), context: context)
        }
        response.model = name
        response.id = request.id
        return response.reduced(to: request)
    }
}
