// swift-tools-version: 6.2
import PackageDescription

// `.engines` is a link that set-up makes to the folder of pinned native parts ($MARTLET_HOME/engines).
let engines = "\(Context.packageDirectory)/.engines"

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C: headers and shims over libraries that Debian or set-up provide.
        .target(
            name: "CFFmpeg",
            linkerSettings: ["avformat", "avcodec", "avfilter", "avutil", "swscale", "swresample"].map { .linkedLibrary($0) }),
        .target(name: "COnnxRuntime", linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CSherpaOnnx",
            cSettings: [.unsafeFlags(["-I\(engines)/sherpa-onnx/include"])],
            linkerSettings: [.linkedLibrary("dl")]),
        .target(
            name: "CVision",
            // For this very processor. Products and sums stay apart, as in dlib's own builds: faces are found bit for bit where it finds them.
            cxxSettings: [.unsafeFlags(["-I/usr/include/opencv4", "-march=native", "-ffp-contract=off"])],
            linkerSettings: ["opencv_core", "opencv_imgproc", "opencv_dnn", "opencv_video", "dlib"].map { .linkedLibrary($0) }),
        .target(name: "CProcess"),
        .target(name: "CFiles"),
        // The files of the web page, inside the program.
        .target(name: "CPage", exclude: ["web", "page_file.inc"]),
        .systemLibrary(name: "CPostgres"),
        .systemLibrary(name: "CZlib"),

        // Swift: dependency arrows point down only.
        .target(
            name: "Foundations",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"), "Yams",
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Media", dependencies: ["Foundations", "CFFmpeg", "CZlib", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swiftSettings),
        .target(
            name: "Networking",
            dependencies: [
                "Foundations", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Engines",
            dependencies: [
                "Foundations", "Media", "Networking", "COnnxRuntime", "CSherpaOnnx", "CVision", "CProcess",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "ModelHub",
            dependencies: [
                "Foundations", "Media", "Networking", "Engines", "CZlib", "Yams",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Jobs",
            dependencies: [
                "Foundations", "CPostgres", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "VideoAnalysis", dependencies: ["Foundations", "Media", "Networking", "ModelHub", "Jobs", "CVision"],
            swiftSettings: swiftSettings),
        .target(
            name: "Expressions", dependencies: ["Foundations", "Media", "Engines", "ModelHub", "Jobs", "CVision"],
            resources: [.embedInCode("Import/convert.py"), .embedInCode("Import/requirements.txt")],
            // The batched transforms use the vector registers that this very processor has.
            swiftSettings: swiftSettings + [.unsafeFlags(["-Xcc", "-march=native"])]),
        .target(
            name: "Voice",
            dependencies: [
                "Foundations", "Media", "Networking", "Engines", "ModelHub", "Jobs", .product(name: "Logging", package: "swift-log"),
            ],
            // Its tests crash turns between any two steps, which no public name reaches.
            swiftSettings: swiftSettings + [.unsafeFlags(["-enable-testing"])]),
        .target(
            name: "ImageStudio",
            dependencies: ["Foundations", "Media", "Engines", "ModelHub", "Jobs", "Networking", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swiftSettings),
        .target(
            name: "Agents",
            dependencies: ["Foundations", "Engines", "ModelHub", "Networking", "CFiles", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: swiftSettings),
        // Code that scripts/generate-protobuf.sh makes.
        .target(
            name: "InferenceProtocol",
            dependencies: [
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["open_inference.proto"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(
            name: "SpeechProtocol",
            dependencies: [
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["asr.proto", "tts.proto", "llm.proto"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(
            name: "Gateway",
            dependencies: [
                "Foundations", "Media", "Networking", "ModelHub", "Jobs", "VideoAnalysis", "Expressions", "Voice", "ImageStudio", "Agents", "InferenceProtocol",
                "SpeechProtocol", "CPage",
                "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Foundations", "Media", "Networking", "Engines", "ModelHub", "Jobs", "VideoAnalysis", "Expressions", "Voice", "ImageStudio", "Agents", "Gateway",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),

        // What benchmarks run beside their peers.
        .executableTarget(
            name: "JobsBenchmark", dependencies: ["Foundations", "Jobs", .product(name: "Logging", package: "swift-log")],
            path: "Benchmarks/jobs/JobsBenchmark", swiftSettings: swiftSettings),
        .executableTarget(
            name: "PhaseCorrelationBenchmark", dependencies: ["Expressions"], path: "Benchmarks/expressions/PhaseCorrelationBenchmark",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "TagSearchSimulation", dependencies: ["VideoAnalysis"], path: "Benchmarks/tag-search/Simulation",
            swiftSettings: swiftSettings),

        .testTarget(name: "FoundationsTests", dependencies: ["Foundations"], swiftSettings: swiftSettings),
        .testTarget(
            name: "MediaTests", dependencies: ["Media"], resources: [.copy("Golden")], swiftSettings: swiftSettings),
        // A small server that misbehaves on request, for the tests of what calls out.
        .target(
            name: "UnrulyServer",
            dependencies: [
                "Foundations", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/UnrulyServer", swiftSettings: swiftSettings),
        .testTarget(
            name: "NetworkingTests", dependencies: ["Networking", "UnrulyServer"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EnginesTests",
            dependencies: [
                "Engines", "Media", "COnnxRuntime", "CVision", "CProcess", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.copy("Golden")], swiftSettings: swiftSettings),
        .testTarget(name: "ModelHubTests", dependencies: ["ModelHub", "UnrulyServer"], swiftSettings: swiftSettings),
        .testTarget(
            name: "JobsTests", dependencies: ["Jobs", .product(name: "Logging", package: "swift-log")], swiftSettings: swiftSettings),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"], swiftSettings: swiftSettings),
        .testTarget(
            name: "VoiceTests", dependencies: ["Voice", .product(name: "Logging", package: "swift-log")], swiftSettings: swiftSettings),
        .testTarget(
            name: "ImageStudioTests", dependencies: ["ImageStudio"], resources: [.copy("Policy/policy-cases.tsv")], swiftSettings: swiftSettings),
        .testTarget(name: "AgentsTests", dependencies: ["Agents"], swiftSettings: swiftSettings),
        .testTarget(name: "VideoAnalysisTests", dependencies: ["VideoAnalysis"], swiftSettings: swiftSettings),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "InferenceProtocol", .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCInProcessTransport", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: swiftSettings),
    ],
    cxxLanguageStandard: .cxx17
)
