import ImageStudio
import Jobs
import ServiceLifecycle

/// Makes pictures in the background, and deletes what has grown old, while a server runs.
struct StudioService: Service {
    let studio: StudioServices
    let worker: JobWorker?

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Faces are personal data: what isn't used any more goes, also while the program runs on.
                repeat { await studio.sweep() } while (try? await Task.sleep(for: .seconds(600))) != nil
            }
            await worker.runUntilShutdown()
            group.cancelAll()
        }
    }
}
