import Engines

/// What a manifest says of a model that makes pictures: which of its files is which, and how it is used where a request doesn't say.
///
///     diffusion: {diffusionModel: z_image_turbo.gguf, llm: qwen3-4b.gguf, vae: ae.safetensors, steps: 8, guidance: 1}
public struct DiffusionManifest: Sendable, Equatable, Codable {
    /// The whole model in one file. Either this or `diffusionModel`.
    public var model: String?
    /// The denoiser alone.
    public var diffusionModel: String?
    /// Text encoders.
    public var llm: String?
    public var clipL: String?
    public var clipG: String?
    public var t5xxl: String?
    public var vae: String?
    /// A tiny autoencoder in the VAE's place: quick, and less exact.
    public var tae: String?
    /// Steps of the sampler; `nil`: the engine's own number.
    public var steps: Int?
    /// Classifier-free guidance; 1 is none.
    public var guidance: Double?

    public init(
        model: String? = nil, diffusionModel: String? = nil, llm: String? = nil, clipL: String? = nil, clipG: String? = nil,
        t5xxl: String? = nil, vae: String? = nil, tae: String? = nil, steps: Int? = nil, guidance: Double? = nil
    ) {
        self.model = model
        self.diffusionModel = diffusionModel
        self.llm = llm
        self.clipL = clipL
        self.clipG = clipG
        self.t5xxl = t5xxl
        self.vae = vae
        self.tae = tae
        self.steps = steps
        self.guidance = guidance
    }

    /// The files' names, by what they are for.
    var files: [DiffusionPart: String] {
        let names: [DiffusionPart: String?] = [
            .model: model, .diffusionModel: diffusionModel, .llm: llm, .clipL: clipL, .clipG: clipG, .t5xxl: t5xxl, .vae: vae, .tae: tae,
        ]
        return names.compactMapValues(\.self)
    }

    /// What is wrong with it by itself; `nil` when nothing is.
    var fault: String? {
        if (model == nil) == (diffusionModel == nil) { return "needs either model or diffusionModel" }
        if vae != nil, tae != nil { return "has both vae and tae" }
        if let steps, !(1...1000).contains(steps) { return "has steps that aren't between 1 and 1000" }
        if let guidance, !(0...100).contains(guidance) { return "has guidance that isn't between 0 and 100" }
        return nil
    }
}
