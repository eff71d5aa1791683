import Engines
import Foundations

/// A model that makes pictures in a child process of ours.
struct LocalImageModel: ImageGenerator {
    let backend = "diffusion"
    let local: LocalModel<DiffusionClient>

    var id: String { local.id }

    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        try await local.use(context) { try await $0.generate(request, context: context, progress: progress) }
    }
}
