import COnnxRuntime
import Engines
import Foundation
import Foundations
import Testing

@Suite struct OnnxTests {
    let library: OnnxLibrary

    init() throws { library = try OnnxLibrary(home: NativeSamples.home) }

    private func withModel<R>(_ content: Data, _ body: (URL) async throws -> R) async throws -> R {
        let file = FileManager.default.temporaryDirectory.appending(path: "onnx-\(UUID().uuidString).onnx")
        try content.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file)
    }

    @Test func libraryTellsItsVersion() {
        #expect(library.version.hasPrefix("1.32"))
    }

    @Test func missingLibraryIsAClearError() throws {
        let error = try #require(throws: NativeEngineError.self) {
            try OnnxLibrary(at: URL(fileURLWithPath: "/nonexistent/libonnxruntime.so"))
        }
        #expect(error == .libraryUnavailable(name: "ONNX Runtime", reason: "no such file"))
        #expect(error.report.kind == .unavailable)
        #expect(!error.report.message.contains("/nonexistent"))
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString).so")
        try Data("not a library".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: NativeEngineError.self) { try OnnxLibrary(at: file) }
    }

    /// Every element type goes in and comes back, with its shape: the positions for tensors, runs and outputs are right.
    @Test(arguments: [
        Tensor.Storage.float32([1.5, -2, .pi, 0, 1e30, -0.25]),
        .float64([1.5, -2, .pi, 0, 1e300, -0.25]),
        .uint8([0, 1, 127, 128, 254, 255]),
        .int8([0, 1, 127, -128, -1, 5]),
        .int32([0, 1, .max, .min, -1, 5]),
        .int64([0, 1, .max, .min, -1, 5]),
        .bool([true, false, false, true, true, false]),
        .uint16([0, 1, .max, 255, 256, 5]),
        .int16([0, 1, .max, .min, -1, 5]),
        .uint32([0, 1, .max, 65_536, 2, 5]),
        .uint64([0, 1, .max, 65_536, 2, 5]),
        .float16([0x3c00, 0xbc00, 0x7c00, 0x0001, 0, 0x3555]),
        .bfloat16([0x3f80, 0xbf80, 0x7f80, 0x0001, 0, 0x3eab]),
        .string([Array("".utf8), Array("a".utf8), Array("größer".utf8), [255, 1], Array(repeating: 65, count: 5000), [32]]),
    ])
    func everyElementTypeMakesTheRoundTrip(storage: Tensor.Storage) async throws {
        let model = OnnxBuilder.identity(elementType: Int(storage.elementType.rawValue), dimensions: [nil, 3])
        try await withModel(model) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            #expect(session.inputs.map(\.name) == ["x"])
            #expect(session.outputs.map(\.name) == ["y"])
            #expect(session.inputs.first?.shape == [nil, 3])
            #expect(session.inputs.first?.elementType == storage.elementType)
            let tensor = try Tensor(shape: [2, 3], storage: storage)
            #expect(try await session.run(["x": tensor]) == ["y": tensor])
        }
    }

    @Test func emptyTensorsAndScalarsAreTensors() async throws {
        try await withModel(OnnxBuilder.identity(elementType: 1, dimensions: [nil, 3])) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            let empty = try Tensor([], shape: [0, 3])
            #expect(try await session.run(["x": empty]) == ["y": empty])
        }
        try await withModel(OnnxBuilder.identity(elementType: 7, dimensions: [])) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            let scalar = try Tensor(shape: [], storage: .int64([42]))
            #expect(try await session.run(["x": scalar]) == ["y": scalar])
        }
    }

    @Test func metadataIsRead() async throws {
        let model = OnnxBuilder.identity(
            elementType: 1, dimensions: [1], metadata: [("character", "a\nb"), ("leer", ""), ("ß", "→")])
        try await withModel(model) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            #expect(session.metadata == ["character": "a\nb", "leer": "", "ß": "→"])
        }
    }

    @Test func inputsAreCheckedBeforeTheEngineSeesThem() async throws {
        try await withModel(OnnxBuilder.identity(elementType: 1, dimensions: [nil, 3])) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            await #expect(throws: NativeEngineError.invalidTensor(reason: "the input x is missing")) {
                try await session.run([:])
            }
            await #expect(throws: NativeEngineError.self) {
                try await session.run(["x": Tensor(shape: [1, 3], storage: .int64([1, 2, 3]))])
            }
            // The engine itself refuses a fixed dimension of another size.
            await #expect(throws: NativeEngineError.self) { try await session.run(["x": Tensor([1, 2], shape: [1, 2])]) }
        }
    }

    @Test func tensorsHoldExactlyTheirShape() {
        #expect(throws: NativeEngineError.self) { try Tensor([1, 2, 3], shape: [2, 2]) }
        #expect(throws: NativeEngineError.self) { try Tensor([], shape: [-1, 0]) }
        #expect(throws: NativeEngineError.self) { try Tensor([], shape: [.max, 2]) }
    }

    @Test func damagedModelsAreRefused() async throws {
        try await withModel(Data("not a model".utf8)) { file in
            let error = await #expect(throws: NativeEngineError.self) {
                try await OnnxSession.load(model: file, library: library)
            }
            guard case .modelRejected(_, let reason) = error else {
                Issue.record("expected modelRejected, got \(String(describing: error))")
                return
            }
            #expect(!reason.isEmpty)
        }
        await #expect(throws: NativeEngineError.modelMissing(name: "absent")) {
            try await OnnxSession.load(model: URL(fileURLWithPath: "/nonexistent/absent.onnx"), library: library)
        }
    }

    @Test func onlyWantedOutputsAreGiven() async throws {
        try await withModel(OnnxBuilder.identity(elementType: 1, dimensions: [nil])) { file in
            let session = try await OnnxSession.load(model: file, memory: .returned, library: library)
            let tensor = try Tensor([1, 2], shape: [2])
            #expect(try await session.run(["x": tensor], wanted: ["y"]) == ["y": tensor])
            #expect(try await session.run(["x": tensor], wanted: ["y", "y"]) == ["y": tensor])
            await #expect(throws: NativeEngineError.invalidTensor(reason: "there is no output z")) {
                try await session.run(["x": tensor], wanted: ["z"])
            }
        }
    }

    @Test func graphsAreTakenApartAndPutTogether() async throws {
        let model = [UInt8](OnnxBuilder.identity(elementType: 1, dimensions: [nil, 3], metadata: [("key", "value")]))
        let again = try #require(OnnxGraph(model)).bytes()
        try await withModel(Data(again)) { file in
            let session = try await OnnxSession.load(model: file, library: library)
            let tensor = try Tensor([1, 2, 3], shape: [1, 3])
            #expect(try await session.run(["x": tensor]) == ["y": tensor])
            #expect(session.metadata == ["key": "value"])
        }
        // Damaged files are no models, or others; neither reads past the end.
        for end in model.indices { _ = OnnxGraph([UInt8](model[..<end]))?.bytes() }
        for place in model.indices {
            var damaged = model
            damaged[place] = 255
            _ = OnnxGraph(damaged)?.bytes()
        }
    }

    @Test func concurrentRunsOfOneSessionAgree() async throws {
        try await withModel(OnnxBuilder.identity(elementType: 1, dimensions: [nil])) { file in
            let session = try await OnnxSession.load(model: file, concurrency: 4, library: library)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let tensor = try Tensor([Float](repeating: Float(number), count: number), shape: [number])
                        return try await session.run(["x": tensor])["y"] == tensor
                    }
                }
                for try await same in group { #expect(same) }
            }
        }
    }

    /// The positions used only on failure: a status carries the code and message that the engine gave it.
    @Test func statusCarriesCodeAndMessage() throws {
        let file = NativeSamples.home.engines.appending(path: "onnxruntime/lib/libonnxruntime.so")
        var version: UnsafePointer<CChar>?
        var message = [CChar](repeating: 0, count: 256)
        let table = try #require(ort_open(file.path, &version, &message, message.count))
        var environment: OpaquePointer?
        #expect(ort_create_env(table, 3, "test", &environment) == nil)
        defer { ort_release_env(table, environment) }
        var options: OpaquePointer?
        #expect(ort_create_options(table, &options) == nil)
        defer { ort_release_options(table, options) }
        var session: OpaquePointer?
        let status = try #require(ort_create_session(table, environment, "/nonexistent/absent.onnx", options, &session))
        defer { ort_release_status(table, status) }
        let noSuchFile: Int32 = 3
        #expect(ort_error_code(table, status) == noSuchFile)
        #expect(String(cString: ort_error_message(table, status)).contains("absent.onnx"))
        #expect(session == nil)
    }

    /// A real model with a scalar 64-bit input and state: silence isn't speech.
    @Test func voiceDetectorRunsAsATensorModel() async throws {
        let session = try await OnnxSession.load(
            model: NativeSamples.model("silero-vad/silero_vad.onnx"), library: library)
        let outputs = try await session.run([
            "input": Tensor([Float](repeating: 0, count: 576), shape: [1, 576]),
            "state": Tensor([Float](repeating: 0, count: 256), shape: [2, 1, 128]),
            "sr": Tensor(shape: [], storage: .int64([16_000])),
        ])
        let probability = try #require(outputs["output"]?.floats?.first)
        #expect(probability >= 0 && probability < 0.2)
        #expect(outputs["stateN"]?.shape == [2, 1, 128])
    }
}
