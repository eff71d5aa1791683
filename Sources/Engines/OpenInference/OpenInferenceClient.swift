import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore

/// Talks to a server that speaks the Open Inference Protocol over REST
/// (https://github.com/kserve/open-inference-protocol): our own handler children, Triton, KServe, other Martlets.
///
///     let client = OpenInferenceClient(name: "sentiment", baseURL: address.baseURL, token: address.apiKey, client: http)
///     let answer = try await client.infer(request, model: "sentiment", context: context)
public struct OpenInferenceClient: Sendable {
    /// The extension by whose name a server says that it takes tensors as binary data.
    public static let binaryExtension = "binary_tensor_data"
    /// Bytes of an answer other than tensors.
    private static let maxDocumentBytes = 1 << 20

    private let exchange: EngineExchange
    private let maxAnswerBytes: Int
    private var name: String { exchange.name }

    /// - Parameters:
    ///   - name: the server as operators know it; goes into messages.
    ///   - baseURL: without `/v2`.
    ///   - token: sent as a bearer token.
    ///   - maxAnswerBytes: larger answers are an error.
    /// - Throws: `EndpointError.invalidURL`.
    public init(name: String, baseURL: String, token: String?, maxAnswerBytes: Int, client: HTTPClient) throws {
        // A model may compute for as long as its request may take.
        self.init(
            try EngineExchange(name: name, baseURL: baseURL, token: token, idleTimeout: nil, client: client),
            maxAnswerBytes: maxAnswerBytes)
    }

    init(_ exchange: EngineExchange, maxAnswerBytes: Int) {
        self.exchange = exchange
        self.maxAnswerBytes = maxAnswerBytes
    }

    /// The names of the protocol extensions that the server serves.
    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`, as all calls here.
    public func extensions(context: RequestContext) async throws -> [String] {
        let document = try await document("/v2", context)
        return document["extensions"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// What a model says about itself.
    public func metadata(of model: String, context: RequestContext) async throws -> InferenceMetadata {
        let document = try await document("/v2/models/" + Self.escaped(model), context)
        func ports(_ key: String) throws -> [InferenceMetadata.Port] {
            try (document[key]?.arrayValue ?? []).map { value in
                guard let name = value["name"]?.stringValue,
                    let datatype = value["datatype"]?.stringValue.flatMap(InferenceTensor.Datatype.init(rawValue:)),
                    let shape = value["shape"]?.arrayValue?.map(\.intValue), !shape.contains(nil)
                else { throw EndpointError.protocolViolation(name: self.name) }
                return InferenceMetadata.Port(name: name, datatype: datatype, shape: shape.compactMap(\.self))
            }
        }
        return InferenceMetadata(
            name: model, versions: document["versions"]?.arrayValue?.compactMap(\.stringValue) ?? ["1"],
            platform: document["platform"]?.stringValue ?? "", inputs: try ports("inputs"), outputs: try ports("outputs"))
    }

    /// Asks a model.
    /// - Parameter binary: whether tensors travel as binary data; see `binaryExtension`.
    /// - Throws: also `InferenceError.binaryOnly` when they must travel as JSON and can't.
    public func infer(
        _ request: InferenceRequest, model: String, binary: Bool, context: RequestContext
    ) async throws -> InferenceResponse {
        let body = try request.encoded(binary: binary)
        var call = exchange.request(.POST, "/v2/models/\(Self.escaped(model))/infer", context)
        call.body = .bytes(ByteBuffer(bytes: body.bytes))
        if let length = body.headerLength {
            call.headers.add(name: "content-type", value: "application/octet-stream")
            call.headers.add(name: "inference-header-content-length", value: String(length))
        } else {
            call.headers.add(name: "content-type", value: "application/json")
        }
        let answer = try await exchange.open(call, context)
        let bytes = try await exchange.collect(answer.body, limit: maxAnswerBytes, context)
        let length = answer.headers.first(name: "inference-header-content-length").flatMap { Int($0) }
        do {
            return try InferenceResponse(body: Array(bytes), headerLength: length)
        } catch {
            throw EndpointError.protocolViolation(name: name)
        }
    }

    private func document(_ path: String, _ context: RequestContext) async throws -> JSONValue {
        let answer = try await exchange.open(exchange.request(.GET, path, context), context)
        return try await exchange.document(answer.body, limit: Self.maxDocumentBytes, context)
    }

    /// A model's name as a piece of a path.
    static func escaped(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(CharacterSet(charactersIn: "/"))) ?? name
    }
}
