import Expressions
import Jobs
import ServiceLifecycle
import VideoAnalysis

/// Works on jobs, and follows what other processes do to them, while a program runs.
struct JobService: Service {
    let library: VideoLibrary
    let expressions: ExpressionLibrary
    let worker: JobWorker?

    func run() async throws {
        try? await library.sweep()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sweepExpressions() }
            group.addTask { await library.queue.watch() }
            await worker.runUntilShutdown()
            group.cancelAll()
        }
    }

    /// Faces are personal data: what was computed of them ends when its time is up, also while the program runs on.
    private func sweepExpressions() async {
        repeat { await expressions.sweep() } while (try? await Task.sleep(for: .seconds(600))) != nil
    }
}

extension JobWorker? {
    /// Works until the program stops; without a worker just waits for that, as a service that ends would end the group.
    func runUntilShutdown() async {
        guard let worker = self else {
            try? await gracefulShutdown()
            return
        }
        await withGracefulShutdownHandler {
            await worker.run()
        } onGracefulShutdown: {
            Task { await worker.stop() }
        }
    }
}
