import Foundation

/// A file of a diffusion model, by what it is for.
public enum DiffusionPart: String, Sendable, Hashable, CaseIterable {
    /// The whole model in one file.
    case model
    /// The denoiser alone.
    case diffusionModel
    case llm, clipL, clipG, t5xxl
    case vae
    /// A tiny autoencoder in the VAE's place.
    case tae

    /// `sd-server`'s option for it.
    var option: String {
        switch self {
        case .model: "--model"
        case .diffusionModel: "--diffusion-model"
        case .llm: "--llm"
        case .clipL: "--clip_l"
        case .clipG: "--clip_g"
        case .t5xxl: "--t5xxl"
        case .vae: "--vae"
        case .tae: "--tae"
        }
    }
}

/// What a `sd-server` is started with.
public struct DiffusionServerOptions: Sendable, Equatable {
    public var files: [DiffusionPart: URL]
    /// Steps of the sampler where a request names none; `nil`: the engine's own number.
    public var steps: Int?
    /// Classifier-free guidance where a request names none.
    public var guidance: Double?
    /// 0: as many as there are cores.
    public var threads = 0
    /// Keeps the weights in main memory and brings to the graphics processor what it works on.
    public var offloads = false
    public var policy = RestartPolicy()

    public init(files: [DiffusionPart: URL], steps: Int? = nil, guidance: Double? = nil) {
        self.files = files
        self.steps = steps
        self.guidance = guidance
    }

    /// The command line (stable-diffusion.cpp, `examples/server/README.md`).
    package func arguments(port: Int) -> [String] {
        // A prompt may name small models that change this one; none is to be found.
        var arguments = ["--listen-ip", "127.0.0.1", "--listen-port", String(port), "--lora-model-dir", "/nonexistent"]
        for part in DiffusionPart.allCases {
            if let file = files[part] { arguments += [part.option, file.path] }
        }
        if let steps { arguments += ["--steps", String(steps)] }
        if let guidance { arguments += ["--cfg-scale", String(guidance)] }
        if threads > 0 { arguments += ["--threads", String(threads)] }
        if offloads { arguments.append("--offload-to-cpu") }
        return arguments
    }
}
