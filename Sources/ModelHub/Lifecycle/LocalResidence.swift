import Foundations

/// How a local model shares the machine with other models.
struct LocalResidence: Sendable {
    /// How long it stays loaded when nobody uses it.
    var keepAlive: Duration
    var loadTimeout: Duration
    /// `nil`: it has the machine to itself.
    var memory: ModelMemory?
    var isPinned = false
    var metrics: MetricsRegistry?
}
