import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import Logging

/// The handler `process`: an executable named `handler` in an operator's folder, run as a supervised child that speaks
/// the Open Inference Protocol. See `InferenceProcess` for what it is told.
///
/// Files reach it as a `BYTES` input of one dimension, an element for each; their names as the parameter `file_names`, a
/// JSON list.
actor ProcessHandler: Handler {
    nonisolated let name: String
    nonisolated let directory: String
    private let child: InferenceProcess
    private let executable: URL
    private let maxBytes: Int
    private let threads: WorkerThreads
    private var described: InferenceMetadata?

    init(
        _ configuration: HandlerConfiguration, startTimeout: Duration, maxBytes: Int, client: HTTPClient,
        threads: WorkerThreads, logger: Logger
    ) {
        name = configuration.name
        directory = configuration.directory
        executable = URL(fileURLWithPath: configuration.directory, isDirectory: true).appending(path: "handler")
        self.maxBytes = maxBytes
        self.threads = threads
        child = InferenceProcess(
            model: configuration.name, executable: executable, startTimeout: startTimeout, maxAnswerBytes: maxBytes,
            client: client, logger: logger)
    }

    var state: PredictorState {
        get async {
            switch await child.process.state {
            case .stopped, .stopping: .onDisk
            case .starting, .restarting: .loading
            case .ready: .ready
            case .failed(let reason): .failed(reason)
            }
        }
    }

    func load(by deadline: Deadline) async throws {
        let executable = executable
        let isThere = try await threads.run { FileManager.default.isExecutableFile(atPath: executable.path) }
        guard isThere else {
            throw InferenceError.handlerUnusable(name: name, reason: "Its dir must hold an executable file named handler.")
        }
        try await child.process.start(by: deadline)
    }

    func unload() async {
        described = nil
        await child.process.stop()
    }

    /// Asked of the child once: what a model takes doesn't change while its program stays the same.
    func metadata(context: RequestContext) async throws -> InferenceMetadata {
        if let described { return described }
        if case .onDisk = await state {
            try await context.withSpan("model load", .internal, ["gen_ai.request.model": .text(name)]) { context in
                try await load(by: context.deadline)
            }
        }
        let metadata = try await child.metadata(context: context)
        described = metadata
        return metadata
    }

    func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        try await metadata(context: context).check(request)
        var response = try await context.withSpan("endpoint call", .client, ["martlet.endpoint": .text(name)]) { context in
            try await child.infer(request, context: context)
        }
        response.model = name
        response.id = request.id
        return response.reduced(to: request)
    }

    func answer(_ files: [HandlerFile], context: RequestContext) async throws -> JSONValue {
        let metadata = try await metadata(context: context)
        guard metadata.inputs.count == 1, let port = metadata.inputs.first, port.datatype == .bytes, port.shape.count == 1
        else { throw InferenceError.takesNoFiles(model: name) }
        guard files.reduce(0, { $0 + $1.bytes }) <= maxBytes else { throw InferenceError.filesTooLarge(limit: maxBytes) }
        let input = try await threads.run {
            try InferenceTensor(
                name: port.name, shape: [files.count],
                elements: files.map { file in
                    guard let bytes = try? Data(contentsOf: file.url) else {
                        throw InferenceError.malformed(reason: "a file is gone")
                    }
                    return Array(bytes)
                })
        }
        let names = JSONValue.array(files.map { .string($0.name) })
        let request = InferenceRequest(
            parameters: ["file_names": .string(String(decoding: names.encoded(), as: UTF8.self))], inputs: [input])
        return try await predict(request, context: context).document()
    }
}

extension InferenceResponse {
    /// The answer as one JSON value: the object that a single text output holds, else an object of all outputs' elements.
    fileprivate func document() throws -> JSONValue {
        if outputs.count == 1, outputs[0].datatype == .bytes, outputs[0].count == 1, let text = outputs[0].elements.first,
            let object = try? JSONValue(parsing: Data(text)), object.objectValue != nil
        {
            return object
        }
        let body = try encoded { _ in false }
        let list = (try? JSONValue(parsing: Data(body.bytes)))?["outputs"]?.arrayValue ?? []
        return .object(
            Dictionary(
                list.map { ($0["name"]?.stringValue ?? "", $0["data"] ?? .null) }, uniquingKeysWith: { first, _ in first }))
    }
}
