import Foundations

/// An endpoint of a pool: a model that answers, and how to ask after its health.
package struct PoolMember<Model: Sendable>: Sendable {
    package let id: String
    let model: Model
    /// The engine behind it, as lists name it.
    let backend: String
    /// Requests it works on at once.
    let slots: Int
    /// How often it is asked whether it lives while all is well.
    let probeInterval: Duration
    let probe: @Sendable () async -> PoolState.Probe
    /// Whether a request could start at once: one that has to load the model first says nothing about how long work takes.
    let isWarm: @Sendable () async -> Bool
    /// Called when it is out of the pool.
    let retire: @Sendable () async -> Void

    package init(
        id: String, model: Model, backend: String, slots: Int, probeInterval: Duration,
        probe: @escaping @Sendable () async -> PoolState.Probe, isWarm: @escaping @Sendable () async -> Bool = { true },
        retire: @escaping @Sendable () async -> Void = {}
    ) {
        self.id = id
        self.model = model
        self.backend = backend
        self.slots = slots
        self.probeInterval = probeInterval
        self.probe = probe
        self.isWarm = isWarm
        self.retire = retire
    }
}
