import Foundations

extension ModelHub: ModelControl {
    public func load(_ id: String, by deadline: Deadline) async throws -> ModelSummary {
        try await controllable(id).load(by: deadline)
        return try await summary(of: id)
    }

    public func unload(_ id: String) async throws -> ModelSummary {
        _ = try controllableManifest(id)
        try await unloadAll(of: id)
        return try await summary(of: id)
    }

    public func pull(_ id: String) async throws {
        _ = try manifest(id)
        try await fetches.start(id)
    }

    public func stopPull(_ id: String) async throws {
        _ = try manifest(id)
        await fetches.stop(id)
    }

    public func pulls() async -> [ModelPull] { await fetches.all }

    public func remove(_ id: String) async throws {
        _ = try manifest(id)
        try await unloadAll(of: id)
        try await store.remove(id)
    }

    public func memoryUse() async -> ModelMemoryUse {
        var use = ModelMemoryUse(budget: await memory.budget, used: await memory.used)
        for summary in await models() {
            guard let bytes = summary.memoryBytes else { continue }
            use.models.append(.init(id: summary.id, bytes: bytes, isPinned: summary.isPinned ?? false, users: summary.users ?? 0))
        }
        return use
    }

    private func manifest(_ id: String) throws -> ModelManifest {
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        return manifest
    }

    public func switchModel(from source: String?, to target: String, by deadline: Deadline) async throws -> ModelSwitch {
        guard !isSwitching else { throw ModelFailure.switchInProgress }
        isSwitching = true
        defer { isSwitching = false }
        let started = ContinuousClock.now
        let new = try await chatting(target)
        // What can't run here is refused before the present model is touched.
        let need = try await new.need()
        let old = try await loadedModel(source).flatMap { $0.id == target ? nil : $0 }
        var overlapped = true
        if let old {
            overlapped = await memory.fits(need, beside: old.memoryKey)
            if overlapped {
                try await loadBeside(old, new, by: deadline)
                try await unloadAll(of: old.id)
            } else {
                try await replace(old, new, by: deadline)
            }
        } else {
            try await new.load(by: deadline)
        }
        chosen = target
        logger.notice("switched model", metadata: ["from": "\(old?.id ?? "none")", "to": "\(target)"])
        return ModelSwitch(
            from: old?.id, to: target, overlapped: overlapped, seconds: (ContinuousClock.now - started) / .seconds(1))
    }

    /// Loads the new model while the old one goes on answering.
    private func loadBeside(_ old: any ManagedModel, _ new: any ManagedModel, by deadline: Deadline) async throws {
        do {
            try await new.load(by: deadline)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ModelFailure.switchFailed(to: new.id, back: old.id, cause: ErrorReport(error))
        }
    }

    /// Memory holds one of them only: the old one leaves first, and comes back when the new one fails.
    private func replace(_ old: any ManagedModel, _ new: any ManagedModel, by deadline: Deadline) async throws {
        try await unloadAll(of: old.id)
        do {
            try await new.load(by: deadline)
        } catch {
            // In a task of its own: also when the one who asked has left or ran out of time.
            let loadTimeout = configuration.models.loadTimeout
            let back = await Task { try await old.load(by: .after(loadTimeout)) }.result
            logger.error("switch failed", metadata: ["to": "\(new.id)", "reason": "\(ErrorReport(error).message)"])
            try Task.checkCancellation()
            let isBack = if case .success = back { true } else { false }
            throw ModelFailure.switchFailed(to: new.id, back: isBack ? old.id : nil, cause: ErrorReport(error))
        }
    }

    private func unloadAll(of id: String) async throws {
        let grace = configuration.models.drainTimeout
        try await withThrowingTaskGroup(of: Void.self) { group in
            for model in instances(of: id) { group.addTask { try await model.unload(within: grace) } }
            try await group.waitForAll()
        }
    }

    // MARK: Which models

    /// The model that a switch leaves: the named one, else the default one, if it is loaded.
    private func loadedModel(_ named: String?) async throws -> (any ManagedModel)? {
        if let named { _ = try controllableManifest(named) }
        let ids = named.map { [$0] } ?? [chosen ?? configuration.models.chat].compactMap { $0 } + defaultIDs
        for id in ids {
            guard let model = instances(of: id).first else { continue }
            switch await model.state {
            case .ready, .loading: return model
            case .onDisk, .draining, .failed: continue
            }
        }
        return nil
    }

    /// Local models that answer when none is named, best first.
    private var defaultIDs: [String] {
        (store.catalog.models(for: .defaultVision) + store.catalog.models(for: .defaultChat)).map(\.id)
    }

    private func controllable(_ id: String) async throws -> any ManagedModel {
        guard let model = try await managedModel(try controllableManifest(id)) else { throw ModelFailure.notControllable(id) }
        return model
    }

    /// - Throws: `ModelFailure.cannot`, and as `controllable`.
    private func chatting(_ id: String) async throws -> any ManagedModel {
        let manifest = try controllableManifest(id)
        guard manifest.capabilities.contains(.chat) else { throw ModelFailure.cannot(id, capability: "chat") }
        return try await localChatModel(manifest).local
    }

    /// - Throws: `ModelHubError.modelNotFound`, `ModelFailure.notControllable`.
    private func controllableManifest(_ id: String) throws -> ModelManifest {
        if configuration.endpoints.contains(where: { $0.id == id }) || configuration.pools.contains(where: { $0.id == id }) { throw ModelFailure.notControllable(id) }
        let manifest = try manifest(id)
        guard manifest.capabilities.contains(.chat) || manifest.capabilities.contains(.imageGeneration) else { throw ModelFailure.notControllable(id) }
        return manifest
    }

    private func summary(of id: String) async throws -> ModelSummary {
        guard let summary = await models().first(where: { $0.id == id }) else { throw ModelHubError.modelNotFound(id) }
        return summary
    }
}
