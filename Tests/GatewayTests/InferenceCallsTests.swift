import Engines
import Foundation
import Foundations
import GRPCCore
import GRPCInProcessTransport
import GRPCNIOTransportHTTP2Posix
import Gateway
import InferenceProtocol
import ModelHub
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

/// The Open Inference Protocol over gRPC.
@Suite struct InferenceCallsTests {
    private typealias Client = Inference_GRPCInferenceService.Client<InProcessTransport.Client>

    private func withClient(
        _ bench: TestBench = TestBench(), _ body: @Sendable (Client) async throws -> Void
    ) async throws {
        let transport = InProcessTransport()
        try await withGRPCServer(
            transport: transport.server, services: GRPCSurface.services(bench.services),
            interceptors: [CallObserver(services: bench.services, logger: bench.logger)]
        ) { _ in
            try await withGRPCClient(transport: transport.client) { client in
                try await body(Inference_GRPCInferenceService.Client(wrapping: client))
            }
        }
    }

    private static func request(_ model: String = "echo", _ inputs: (String, String, [Int64])...) -> Inference_ModelInferRequest {
        .with {
            $0.modelName = model
            $0.id = "7"
            $0.inputs = inputs.map { name, type, shape in
                .with {
                    $0.name = name
                    $0.datatype = type
                    $0.shape = shape
                }
            }
        }
    }

    @Test func serverAndModelsDescribeThemselves() async throws {
        try await withClient { client in
            #expect(try await client.serverLive(.init()).live)
            #expect(try await client.serverReady(.init()).ready)
            #expect(try await client.serverMetadata(.init()).name == "martlet")
            #expect(try await client.modelReady(.with { $0.name = "echo" }).ready)
            #expect(try await !client.modelReady(.with { $0.name = "nope" }).ready)
            let metadata = try await client.modelMetadata(.with { $0.name = "echo" })
            #expect(metadata.versions == ["1"] && metadata.inputs.map(\.datatype) == InferenceTensor.Datatype.allCases.map(\.rawValue))
            let config = try await client.modelConfig(.with { $0.name = "echo" }).config
            #expect(config.maxBatchSize == 0 && config.input.last?.dataType == .typeString && config.input.last?.dims == [-1])
        }
    }

    @Test func typedContentsOfEveryTypeComeBackTyped() async throws {
        var request = Self.request("echo",
            ("bool", "BOOL", [2]), ("uint8", "UINT8", [2]), ("uint16", "UINT16", [1]), ("uint32", "UINT32", [1]),
            ("uint64", "UINT64", [1]), ("int8", "INT8", [2]), ("int16", "INT16", [1]), ("int32", "INT32", [1]),
            ("int64", "INT64", [1]), ("fp32", "FP32", [2]), ("fp64", "FP64", [1]), ("bytes", "BYTES", [2]))
        request.inputs[0].contents.boolContents = [true, false]
        request.inputs[1].contents.uintContents = [0, 255]
        request.inputs[2].contents.uintContents = [65_535]
        request.inputs[3].contents.uintContents = [.max]
        request.inputs[4].contents.uint64Contents = [.max]
        request.inputs[5].contents.intContents = [-128, 127]
        request.inputs[6].contents.intContents = [-32_768]
        request.inputs[7].contents.intContents = [.min]
        request.inputs[8].contents.int64Contents = [.min]
        request.inputs[9].contents.fp32Contents = [.infinity, 0.1]
        request.inputs[10].contents.fp64Contents = [0.1]
        request.inputs[11].contents.bytesContents = [Data(), Data([0, 255])]
        let sent = request
        try await withClient { client in
            let answer = try await client.modelInfer(sent)
            #expect(answer.modelName == "echo" && answer.modelVersion == "1" && answer.id == "7" && answer.rawOutputContents.isEmpty)
            #expect(answer.outputs.map(\.contents) == sent.inputs.map(\.contents))
            #expect(answer.outputs.map(\.datatype) == sent.inputs.map(\.datatype))
        }
    }

    @Test func rawContentsComeBackRaw() async throws {
        var request = Self.request("echo", ("fp16", "FP16", [2]), ("bytes", "BYTES", [1]), ("bf16", "BF16", [0]))
        request.rawInputContents = [Data([1, 2, 3, 4]), Data([1, 0, 0, 0, 9]), Data()]
        request.outputs = [.with { $0.name = "bytes" }, .with { $0.name = "fp16" }]
        let sent = request
        try await withClient { client in
            let answer = try await client.modelInfer(sent)
            #expect(answer.outputs.map(\.name) == ["bytes", "fp16"] && !answer.outputs[0].hasContents)
            #expect(answer.rawOutputContents == [sent.rawInputContents[1], sent.rawInputContents[0]])
        }
    }

    @Test func faultsHaveTheirStatuses() async throws {
        var contents = Self.request("echo", ("int8", "INT8", [1]))
        contents.inputs[0].contents.intContents = [128]
        var wrongField = Self.request("echo", ("int8", "INT8", [1]))
        wrongField.inputs[0].contents.int64Contents = [1]
        var both = Self.request("echo", ("int8", "INT8", [1]))
        both.inputs[0].contents.intContents = [1]
        both.rawInputContents = [Data([1])]
        var halves = Self.request("echo", ("fp16", "FP16", [1]))
        halves.inputs[0].contents.fp32Contents = [1]
        var miscounted = Self.request("echo", ("int8", "INT8", [1]))
        miscounted.rawInputContents = [Data([1]), Data()]
        var shared = Self.request("echo", ("int8", "INT8", [1]))
        shared.inputs[0].parameters["shared_memory_region"] = .with { $0.stringParam = "r" }
        let invalid = [
            contents, wrongField, both, halves, miscounted, shared, Self.request("echo", ("int8", "INT9", [1])),
            Self.request("echo", ("int8", "INT8", [1])), Self.request("echo", ("int8", "INT8", [-1])),
            Self.request("echo", ("fp64", "FP64", [.max, .max])), Self.request("echo", ("fp64", "FP64", [1 << 40])),
            Self.request("echo", ("nope", "INT8", [0])), Self.request("echo", ("int8", "INT8", [0]), ("int8", "INT8", [0])),
        ]
        try await withClient { client in
            for request in invalid {
                let error = await #expect(throws: RPCError.self) { try await client.modelInfer(request) }
                #expect(error?.code == .invalidArgument, "\(request)")
            }
            let unknown = await #expect(throws: RPCError.self) { try await client.modelInfer(Self.request("nope")) }
            #expect(unknown?.code == .notFound && unknown?.message.contains("nope") == true)
            #expect(unknown?.metadata[stringValues: "x-error-code"].contains("model_not_found") == true)
        }
    }

    @Test func aStreamOutlivesItsErrors() async throws {
        var good = Self.request("echo", ("int8", "INT8", [1]))
        good.rawInputContents = [Data([5])]
        let requests = [good, Self.request("nope"), good]
        try await withClient { client in
            let answers = try await client.modelStreamInfer(
                request: StreamingClientRequest { writer in for request in requests { try await writer.write(request) } }
            ) { response in
                try await response.messages.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 3)
            #expect(answers[0].errorMessage.isEmpty && answers[0].inferResponse.rawOutputContents == [Data([5])])
            #expect(answers[1].errorMessage.contains("nope") && answers[1].inferResponse.id == "7")
            #expect(answers[2] == answers[0])
        }
    }

    @Test func theRepositoryIsControlled() async throws {
        try await withClient { client in
            #expect(try await client.repositoryIndex(.init()).models.map(\.state) == ["READY"])
            _ = try await client.repositoryModelUnload(.with { $0.modelName = "echo" })
            #expect(try await !client.modelReady(.with { $0.name = "echo" }).ready)
            #expect(try await client.repositoryIndex(.init()).models.map(\.state) == ["UNAVAILABLE"])
            #expect(try await client.repositoryIndex(.with { $0.ready = true }).models.isEmpty)
            _ = try await client.repositoryModelLoad(.with { $0.modelName = "echo" })
            #expect(try await client.modelReady(.with { $0.name = "echo" }).ready)
            let configured = await #expect(throws: RPCError.self) {
                try await client.repositoryModelLoad(
                    .with {
                        $0.modelName = "echo"
                        $0.parameters["config"] = .with { $0.stringParam = "{}" }
                    })
            }
            #expect(configured?.code == .invalidArgument)
        }
    }

    @Test func callsWantTheToken() async throws {
        let echo = EchoPredictor()
        let bench = TestBench(predictors: ScriptedPredictors([echo])) { $0.server.tokens = ["anna": "secret-a"] }
        try await withClient(bench) { client in
            #expect(try await client.serverLive(.init()).live)
            for metadata: Metadata in [[:], ["authorization": "Bearer nope"], ["martlet-key-name": "anna"]] {
                let error = await #expect(throws: RPCError.self) { try await client.modelInfer(Self.request(), metadata: metadata) }
                #expect(error?.code == .unauthenticated)
            }
            _ = try await client.modelInfer(
                Self.request(), metadata: ["authorization": "Bearer secret-a", "martlet-key-name": "ben", "x-request-id": "r1"])
        }
        let contexts = echo.contexts.withLock { $0 }
        #expect(contexts.map(\.keyName) == ["anna"] && contexts.map(\.id) == ["r1"])
        #expect(bench.logs.all.contains { $0.contains("status=unauthenticated") })
        #expect(!bench.logs.all.contains { $0.contains("secret") })
    }

    @Test func aCallerWhoLeavesEndsTheWork() async throws {
        let echo = EchoPredictor(delay: .seconds(3600))
        try await withClient(TestBench(predictors: ScriptedPredictors([echo]))) { client in
            var options = CallOptions.defaults
            options.timeout = .milliseconds(100)
            let patience = options
            let error = await #expect(throws: RPCError.self) { try await client.modelInfer(Self.request(), options: patience) }
            #expect(error != nil)
        }
    }

    // MARK: On a port

    @Test func garbageOnThePortHarmsNobodyAndATakenPortIsAnError() async throws {
        let port = Int.random(in: 21_000..<29_000)
        let bench = TestBench { $0.server.grpcPort = port }
        let (listening, announced) = AsyncStream.makeStream(of: Int.self)
        let surface = GRPCSurface(server: bench.server, logger: bench.logger) { announced.yield($0) }
        let group = ServiceGroup(services: [surface], logger: bench.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { announced.finish() }
                try await group.run()
            }
            #expect(await listening.first { _ in true } == port)
            let target = ResolvableTargets.IPv4(addresses: [.init(host: "127.0.0.1", port: port)])
            func isLive() async throws -> Bool {
                let transport = try HTTP2ClientTransport.Posix(target: target, transportSecurity: .plaintext)
                return try await withGRPCClient(transport: transport) { client in
                    try await Inference_GRPCInferenceService.Client(wrapping: client).serverLive(.init()).live
                }
            }
            #expect(try await isLive())
            var random = SplitMix(state: 42)
            for round in 0..<40 {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port).get()
                var bytes = round % 2 == 0 ? Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) : []
                for _ in 0..<Int(random.next() % 400) { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
                try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
                try? await channel.close()
            }
            #expect(try await isLive())
            let second = GRPCSurface(server: bench.server, logger: bench.logger)
            await #expect(throws: GatewayError.cannotListenForCalls(host: "127.0.0.1", port: port)) {
                try await ServiceGroup(services: [second], logger: bench.logger).run()
            }
            #expect(try await isLive())
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// Numbers that are the same on every run.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
