import Foundation

/// What a `llama-server` is started with.
public struct LlamaServerOptions: Sendable, Equatable {
    /// The model's GGUF file.
    public var model: URL
    /// The projector (`mmproj`) GGUF of a vision model.
    public var projector: URL?
    /// The name it answers to.
    public var alias: String
    /// Context tokens of each request; the engine gets `parallel` times as many.
    public var contextLength = 8192
    /// Requests worked on at once.
    public var parallel = 2
    /// 0: as many as there are cores.
    public var threads = 0
    /// Layers on the GPU; `nil`: as many as fit.
    public var gpuLayers: Int?
    /// Mebibytes of finished prompts kept beside the running ones for reuse.
    public var promptCacheMebibytes = 1024
    public var policy = RestartPolicy()

    public init(model: URL, projector: URL? = nil, alias: String) {
        self.model = model
        self.projector = projector
        self.alias = alias
    }

    /// The command line (llama.cpp, `tools/server/README.md`). The key isn't on it: others could read it there.
    func arguments(port: Int) -> [String] {
        var arguments = [
            "--model", model.path, "--alias", alias, "--host", "127.0.0.1", "--port", String(port),
            "--ctx-size", String(contextLength * max(1, parallel)), "--parallel", String(max(1, parallel)),
            "--no-kv-unified", "--jinja", "--no-webui", "--offline", "--metrics", "--slots",
            "--cache-ram", String(promptCacheMebibytes), "--log-colors", "off",
        ]
        if let projector {
            arguments += ["--mmproj", projector.path]
        } else {
            // Shifts parts of a prompt that moved; llama-server can't do that with pictures in it.
            arguments += ["--cache-reuse", "256"]
        }
        if threads > 0 { arguments += ["--threads", String(threads)] }
        if let gpuLayers { arguments += ["--n-gpu-layers", String(gpuLayers)] }
        return arguments
    }
}
