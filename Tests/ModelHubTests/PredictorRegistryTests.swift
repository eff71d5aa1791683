import Engines
import Foundation
import Foundations
import Logging
import ModelHub
import Networking
import Testing

@Suite struct PredictorRegistryTests {
    static let examples = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Examples")

    private static let logger: Logger = {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        return logger
    }()

    private static var context: RequestContext { RequestContext(deadline: .after(.seconds(60))) }

    private func withRegistry(
        _ handlers: [HandlerConfiguration], _ body: (PredictorRegistry) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        configuration.handlers = handlers
        let home = MartletHome(root: FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)"))
        let network = NetworkClient()
        let store = ModelStore(home: home, catalog: .builtIn, network: network)
        let registry = PredictorRegistry(configuration: configuration, store: store, logger: Self.logger)
        do {
            try await body(registry)
        } catch {
            Issue.record(error)
        }
        await registry.shutdown()
        await network.shutdown()
    }

    @Test func catalogFilesHaveNames() {
        let names = Set(PredictorRegistry.onnxFiles(of: .builtIn).map(\.name))
        #expect(names.isSuperset(of: ["centerface", "silero-vad", "pp-ocrv4.det", "pp-ocrv4.rec", "pp-ocrv4.cls"]))
        #expect(!names.contains("moonshine-tiny-en") && !names.contains("pp-ocrv4"))
    }

    @Test func whatIsNotThereIsSaid() async throws {
        try await withRegistry([.init(name: "broken", kind: .process, directory: "/nonexistent"), .init(name: "empty", kind: .onnx, directory: "/nonexistent")]) { registry in
            await registry.loadHandlers()
            let summaries = await registry.predictors()
            #expect(summaries.prefix(2).map(\.name) == ["broken", "empty"] && !summaries.contains(where: \.isReady))
            for (name, kind) in [("nope", ErrorKind.notFound), ("centerface", .unavailable), ("broken", .unavailable), ("empty", .unavailable)] {
                do {
                    _ = try await registry.predictor(name, version: nil).metadata(context: Self.context)
                    Issue.record("\(name) answered")
                } catch {
                    #expect(ErrorReport(error).kind == kind)
                    #expect(!ErrorReport(error).message.contains("/nonexistent"))
                }
            }
            await #expect(throws: InferenceError.noSuchVersion(model: "empty", version: "2")) {
                _ = try await registry.predictor("empty", version: "2")
            }
        }
    }

    /// The example in the repository: loaded, asked about files and tensors, killed, unloaded and loaded.
    @Test func aProcessAnswersAboutFilesAndComesBack() async throws {
        let folder = Self.examples.appending(path: "process-handler").path
        try await withRegistry([.init(name: "words", kind: .process, directory: folder)]) { registry in
            await registry.loadHandlers()
            let handler = try #require(await registry.handlers().first)
            #expect(await handler.state == .ready)
            let files = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: files) }
            let file = files.appending(path: "a")
            try Data("one two two".utf8).write(to: file)
            func ask() async throws -> JSONValue {
                try await handler.answer([HandlerFile(url: file, name: "a.txt", bytes: 11)], context: Self.context)
            }
            let answer = try await ask()
            #expect(answer["words"] == 3 && answer["files"]?.arrayValue?.first?["name"] == "a.txt")
            await #expect(throws: InferenceError.filesTooLarge(limit: Configuration().inference.maxBytes)) {
                _ = try await handler.answer([HandlerFile(url: file, name: "a.txt", bytes: 1 << 40)], context: Self.context)
            }
            let wrong = try InferenceTensor(name: "files", datatype: .int8, shape: [1], data: [1])
            await #expect(throws: InferenceError.self) {
                _ = try await handler.predict(InferenceRequest(inputs: [wrong]), context: Self.context)
            }

            try await registry.unloadPredictor("words")
            #expect(await registry.predictors().first?.isReady == false)
            #expect(try await ask() == answer)
            #expect(await registry.predictors().first?.isReady == true)
            try await registry.unloadPredictor("words")
            try await registry.loadPredictor("words", by: .after(.seconds(60)))
            #expect(await handler.state == .ready)
        }
    }
}
