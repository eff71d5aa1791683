import Engines
import Foundations

/// A model that makes pictures, with a line in front of it and one or more endpoints behind it.
struct PooledImageModel: ImageGenerator {
    let id: String
    let backend: String
    let pool: ImagePool

    init(pool: ImagePool, backends: Set<String>) {
        id = pool.id
        backend = backends.count == 1 ? backends.first ?? "pool" : "pool"
        self.pool = pool
    }

    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        let onQueued: @Sendable (Lane.Turn) -> Void = { progress?(ProgressUpdate(stage: PictureStage.queue.rawValue, done: 0, total: Double($0.position))) }
        return try await pool.serve("image_generation", context, onQueued: onQueued) { model, context in
            progress?(ProgressUpdate(stage: PictureStage.paint.rawValue, done: 0, total: 1))
            return try await model.generate(request, context: context, progress: progress)
        }
    }
}

/// The pools of models that make pictures.
package typealias ImagePool = EndpointPool<any ImageGenerator>
