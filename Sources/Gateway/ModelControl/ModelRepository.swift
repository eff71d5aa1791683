import Foundations
import ModelHub

/// Predictors and chat models under one roof, as the Open Inference Protocol's repository shows and controls them: the same over
/// REST and gRPC. Where both have a name, it is the predictor's.
struct ModelRepository: Sendable {
    struct Entry: Sendable, Equatable {
        var name: String
        var version: String
        /// `READY`, `LOADING`, `UNLOADING` or `UNAVAILABLE`.
        var state: String
        var reason: String

        var json: JSONValue {
            ["name": .string(name), "version": .string(version), "state": .string(state), "reason": .string(reason)]
        }
    }

    let services: GatewayServices

    private var control: any ModelControl { services.dependencies.control }
    private var predictors: any PredictorDirectory { services.dependencies.predictors }

    func index(onlyReady: Bool) async -> [Entry] {
        let own = await predictors.predictors()
        let names = Set(own.map(\.name))
        let chats = await control.models().filter { $0.capabilities.contains("chat") && !names.contains($0.id) }
        return (own.map(Self.entry) + chats.map(Self.entry)).filter { !onlyReady || $0.state == "READY" }
    }

    /// - Throws: `adminRequired`, and why the model can't be loaded.
    func load(_ name: String, _ context: Foundations.RequestContext) async throws -> Entry {
        try services.requireAdmin(context.keyName)
        guard let known = await predictors.summary(of: name) else { return Self.entry(try await control.load(name, by: context.deadline)) }
        try await predictors.loadPredictor(name, by: context.deadline)
        return await predictors.summary(of: name).map(Self.entry) ?? Self.entry(known)
    }

    /// - Throws: `adminRequired`, and why the model can't be unloaded.
    func unload(_ name: String, _ context: Foundations.RequestContext) async throws -> Entry {
        try services.requireAdmin(context.keyName)
        guard let known = await predictors.summary(of: name) else { return Self.entry(try await control.unload(name)) }
        try await predictors.unloadPredictor(name)
        return await predictors.summary(of: name).map(Self.entry) ?? Self.entry(known)
    }

    private static func entry(_ predictor: PredictorSummary) -> Entry {
        Entry(
            name: predictor.name, version: predictor.version, state: predictor.isReady ? "READY" : "UNAVAILABLE",
            reason: predictor.reason ?? "")
    }

    private static func entry(_ model: ModelSummary) -> Entry {
        let (state, reason) =
            switch model.state {
            case .ready: ("READY", "")
            case .loading: ("LOADING", "")
            case .draining: ("UNLOADING", "")
            case .onDisk: ("UNAVAILABLE", "unloaded")
            case .absent: ("UNAVAILABLE", "not fetched")
            case .fetching: ("UNAVAILABLE", "being fetched")
            case .failed: ("UNAVAILABLE", model.reason ?? "failed")
            }
        return Entry(name: model.id, version: PredictorSummary.onlyVersion, state: state, reason: reason)
    }
}

extension GatewayServices {
    /// - Throws: `adminRequired` when the operator names administrators and the key isn't one of theirs.
    func requireAdmin(_ keyName: String) throws {
        if !isAdmin(keyName) { throw GatewayError.adminRequired }
    }

    /// Whether a key is an administrator's. Where none are named, all are.
    func isAdmin(_ keyName: String) -> Bool {
        let admins = configuration.server.admins
        return admins.isEmpty || admins.contains(keyName)
    }
}
