import Foundation
import Foundations
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

/// The database that the configuration names.
enum JobDatabase {
    /// - Throws: `DatabaseError`.
    static func open(_ configuration: Configuration) async throws -> any Database {
        if let url = configuration.database.url {
            return try await PostgresDatabase(address: url, connections: configuration.database.connections)
        }
        let folder = URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true)
        return try SQLiteDatabase(file: folder.appending(path: "martlet.sqlite"))
    }
}
