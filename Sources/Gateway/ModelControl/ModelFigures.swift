import Foundations
import ModelHub

/// The figures about models, set when they are asked for.
enum ModelFigures {
    private static let states: [ModelSummary.State] = [.absent, .fetching, .onDisk, .loading, .ready, .draining, .failed]

    static func set(_ models: [ModelSummary], in metrics: MetricsRegistry) async {
        // Those with a life of their own: the others are part of the server.
        for model in models where model.capabilities.contains("chat") {
            for state in states {
                await metrics.set(
                    "martlet_model_state", "1 for the state that a model is in.",
                    [("model", model.id), ("state", state.rawValue)], to: model.state == state ? 1 : 0)
            }
            await metrics.set(
                "martlet_model_memory_bytes", "Memory that a local model holds, or is expected to take while it loads.",
                [("model", model.id)], to: Double(model.memoryBytes ?? 0))
        }
    }
}
