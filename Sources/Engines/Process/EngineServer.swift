import Foundations

/// A supervised child process that holds one model.
public protocol EngineServer: Sendable {
    associatedtype Options: Sendable, Equatable
    associatedtype Client: Sendable

    var process: EngineProcess { get }
    /// What the child is started with.
    var options: Options { get }
    /// A client for the child at an address.
    /// - Throws: `EndpointError.invalidURL`.
    func connect(to address: EngineAddress) throws -> Client
}

extension EngineServer {
    /// Starts the engine if it isn't up, also after it failed, and gives a client for it.
    /// - Throws: as `EngineProcess.start`.
    public func start(by deadline: Deadline) async throws -> Client { try connect(to: try await process.start(by: deadline)) }

    /// A client for the engine's present life; ask for one with every request. Waits while the engine comes back from a
    /// crash; throws when it failed for good.
    /// - Throws: as `EngineProcess.address`.
    public func client(by deadline: Deadline) async throws -> Client { try connect(to: try await process.address(by: deadline)) }

    public func stop() async { await process.stop() }
}
