import Jobs
import ServiceLifecycle
import VideoAnalysis

/// Works on jobs, and follows what other processes do to them, while a program runs.
struct JobService: Service {
    let library: VideoLibrary
    let worker: JobWorker?

    func run() async throws {
        try? await library.sweep()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await library.queue.watch() }
            if let worker {
                await withGracefulShutdownHandler {
                    await worker.run()
                } onGracefulShutdown: {
                    Task { await worker.stop() }
                }
            } else {
                // A service that ends would end the group.
                try? await gracefulShutdown()
            }
            group.cancelAll()
        }
    }
}
