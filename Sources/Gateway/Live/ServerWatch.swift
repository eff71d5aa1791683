import Foundation
import Foundations
import ModelHub
import Networking

/// Looks at a server's parts and tells the live feed what it sees.
struct ServerWatch: Sendable {
    let services: GatewayServices

    private static let interval: Duration = .seconds(1)
    /// Figures are taken every so many intervals.
    private static let figuresEvery = 2
    /// And uploads that nobody uses any more deleted.
    private static let expiryEvery = 60
    /// Less free disk than this is worth a word.
    private static let comfortableDisk: Int64 = 1 << 30

    private var feed: LiveFeed { services.live }

    /// Watches until the task is cancelled. States are only looked at while somebody follows them.
    func run() async {
        var last = (usage: await usage(), instant: ContinuousClock.now)
        var turn = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            turn += 1
            await refresh(await feed.watched)
            if turn % Self.expiryEvery == 0 { await services.keptUploads.expire() }
            guard turn % Self.figuresEvery == 0 else { continue }
            let now = (usage: await usage(), instant: ContinuousClock.now)
            let seconds = max(0.001, (now.instant - last.instant) / .seconds(1))
            await feed.add(figures: await figures(now.usage, since: last.usage, seconds))
            last = now
        }
    }

    /// Looks at the topics' states.
    func refresh(_ topics: Set<LiveFeed.Topic>) async {
        let dependencies = services.dependencies
        if topics.contains(.models) {
            let models = await dependencies.control.models()
            await feed.set(.models, "models", ["data": .array(models.map { OpenAIObjects.model($0, created: services.started) })])
        }
        if topics.contains(.pulls) {
            for pull in await dependencies.control.pulls() { await feed.set(.pulls, "pull", of: pull.id, ModelObjects.pull(pull)) }
        }
        if topics.contains(.pools) {
            let pools = await dependencies.pools?.poolSummaries() ?? []
            await feed.set(.pools, "pools", ["data": .array(pools.map(PoolObjects.pool))])
        }
        if topics.contains(.memory) { await feed.set(.memory, "memory", ModelObjects.memory(await dependencies.control.memoryUse())) }
        if topics.contains(.health) { await feed.set(.health, "health", await health()) }
    }

    // MARK: Health

    /// How each part is: `ok`, `degraded` or `down`, with a word on why.
    func health() async -> JSONValue {
        var parts: [JSONValue] = []
        var worst = 0
        func add(_ name: String, _ level: Int, _ note: String?) {
            worst = max(worst, level)
            parts.append([
                "name": .string(name), "state": .string(["ok", "degraded", "down"][level]), "note": note.map(JSONValue.string) ?? .null,
            ])
        }
        if case .notReady(let reason) = await HealthRoutes.readiness(services) {
            add("answering", 2, reason)
        } else {
            add("answering", 0, nil)
        }
        for pool in await services.dependencies.pools?.poolSummaries() ?? [] {
            let up = pool.endpoints.count { $0.endpoint.health.word == "up" }
            let note = up == pool.endpoints.count ? nil : "\(up) of \(pool.endpoints.count) endpoints are up."
            add("pool \(pool.id)", note == nil ? 0 : up > 0 ? 1 : 2, note)
        }
        // Those of the operator; the catalog's may stay unfetched.
        let own = Set(services.configuration.handlers.map(\.name) + services.configuration.endpoints.map(\.id))
        for predictor in await services.dependencies.predictors.predictors() where !predictor.isReady && own.contains(predictor.name) {
            add("model \(predictor.name)", 1, predictor.reason ?? "It isn't loaded.")
        }
        let folder = services.uploads
        let free = try? await services.threads.run { DiskSpace.available(at: folder) }
        if let free = free ?? nil {
            let isShort = free < Self.comfortableDisk
            add("disk", isShort ? 1 : 0, isShort ? "\(ByteCount.text(Int(free))) are free for uploads." : nil)
        }
        return ["status": .string(["ok", "degraded", "down"][worst]), "parts": .array(parts)]
    }

    // MARK: Figures

    private func usage() async -> ProcessUsage { (try? await services.threads.run { ProcessUsage.current() }) ?? ProcessUsage() }

    private func figures(_ usage: ProcessUsage, since last: ProcessUsage, _ seconds: Double) async -> JSONValue {
        let tally = await feed.takeTally()
        var loads = [await services.gate.load, await services.inferenceGate.load]
        for pool in await services.dependencies.pools?.poolSummaries() ?? [] { loads.append(pool.lane) }
        func rate(_ count: Double) -> JSONValue { .number((count / seconds * 100).rounded() / 100) }
        return [
            "time": .string(Date().formatted(.iso8601)), "requests_per_second": rate(Double(tally.requests)),
            "errors_per_second": rate(Double(tally.errors)), "tokens_per_second": rate(Double(tally.tokens)),
            "running": .integer(loads.reduce(0) { $0 + $1.running }), "waiting": .integer(loads.reduce(0) { $0 + $1.waiting }),
            "memory_bytes": .integer(usage.memory), "cpu": rate(max(0, usage.processorSeconds - last.processorSeconds)),
        ]
    }
}
