import Foundation
import Foundations

/// What handlers share: configuration, dependencies and the places for video questions.
package struct GatewayServices: Sendable {
    package let configuration: Configuration
    package let dependencies: GatewayDependencies
    package let gate: AdmissionGate
    /// The places for tensor requests.
    package let inferenceGate: AdmissionGate
    package let connections = ConnectionRegister()
    /// For files and for parsing large bodies.
    package let threads = WorkerThreads(name: "gateway", width: 4)
    package let started = Date()
    /// Seconds between two comments on a silent event stream.
    package var heartbeat: Duration = .seconds(15)

    package init(configuration: Configuration, dependencies: GatewayDependencies) {
        self.configuration = configuration
        self.dependencies = dependencies
        gate = AdmissionGate(
            slots: configuration.server.concurrentQuestions, places: configuration.server.waitingQuestions)
        inferenceGate = AdmissionGate(slots: configuration.inference.concurrent, places: configuration.inference.waiting)
    }

    package var uploads: URL {
        URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true).appending(path: "uploads")
    }
}
