import Foundation
import Foundations
import ModelHub

/// The handlers of kind `tabr` that the configuration names, and the face engines that they share with everything else.
public struct ExpressionHandlers: Sendable {
    public let engines: FaceEngines
    let models: [TabRHandler]

    public init(_ configuration: Configuration) {
        let engines = FaceEngines(configuration.expressions)
        let threads = WorkerThreads(name: "tabr", width: 2)
        self.engines = engines
        models = configuration.handlers.filter { $0.kind == .tabr }.map {
            TabRHandler($0, settings: configuration.expressions, limits: configuration.media, engines: engines, threads: threads)
        }
    }

    /// The handler of a configuration's entry; `nil` where it is of another kind.
    public func handler(_ configuration: HandlerConfiguration) -> (any Handler)? {
        configuration.kind == .tabr ? models.first { $0.name == configuration.name } : nil
    }
}
