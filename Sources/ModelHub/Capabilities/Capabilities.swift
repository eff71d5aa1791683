import Engines
import Foundations
import Media

/// Finds objects or faces in a picture.
public protocol Detector: Sendable {
    /// - Returns: what was found, best score first, boxes in the picture's pixels.
    func detect(in image: RGBImage) async throws -> [Detection]
}

/// Reads text in a picture.
public protocol TextReader: Sendable {
    /// - Returns: lines in reading order.
    func readText(in image: RGBImage) async throws -> [TextRegion]
}

/// Continues a conversation.
public protocol ChatModel: Sendable {
    /// The id callers name the model by.
    var id: String { get }
    /// The engine behind it, as answers name it: `llama`, `openai`, `vllm`.
    var backend: String { get }
    /// Whether the model looks at pictures.
    var seesImages: Bool { get }
    /// Tokens that one request may take, prompt and answer together; `nil` where nobody knows.
    var contextTokens: Int? { get }
    /// Side of the image patch that the model was made for, in pixels: 14 or 16; `nil` where nobody knows.
    var patchSize: Int? { get }
    /// Whether the model takes sound. No, unless it says otherwise.
    var hearsSound: Bool { get }
    /// Streams the answer. Cancelling the consuming task stops the engine.
    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream
}

extension ChatModel {
    public var hearsSound: Bool { false }
}

/// Turns texts into vectors that lie the closer together, the closer the meanings are.
public protocol Embedder: Sendable {
    /// The id callers name the model by.
    var id: String { get }
    /// - Parameter dimensions: numbers of each vector; `nil`: all the model gives.
    /// - Returns: one vector of length 1 for each input, in the inputs' order.
    func embed(_ inputs: [EmbeddingInput], dimensions: Int?, context: RequestContext) async throws -> EmbeddingBatch
}

/// What a surface needs to embed: a model by its name.
public protocol EmbedderDirectory: Sendable {
    /// - Parameter id: `nil` chooses the default.
    /// - Throws: a report with code `model_not_found`, `model_not_fetched` or `model_not_suitable`.
    func embedder(id: String?, context: RequestContext) async throws -> any Embedder
}
