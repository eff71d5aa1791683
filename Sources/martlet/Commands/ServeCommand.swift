import ArgumentParser
import Foundations
import Gateway

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the HTTP API, and the Open Inference Protocol over gRPC.",
        discussion: """
            Examples:
              martlet serve
              martlet serve --port 9000
              MARTLET_SERVER_TOKENS=a-long-secret martlet serve --host 0.0.0.0

            Then:
              curl -F video=@clip.mp4 -F prompt="What happens?" http://127.0.0.1:8080/v1/inference/upload
            """)

    @Option(help: "Address to listen on (server.host).")
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one (server.port).")
    var port: Int?

    @Option(help: "Port of the gRPC surface; 0: none (server.grpc_port).")
    var grpcPort: Int?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var global = global
        if let host { global.overrides.append("server.host=\(host)") }
        if let port { global.overrides.append("server.port=\(port)") }
        if let grpcPort { global.overrides.append("server.grpc_port=\(grpcPort)") }
        let configuration = try global.configuration()
        try await Assembly.running(configuration, forServing: true) { assembly in
            try await assembly.serve()
        }
    }
}
