import Foundations
import ModelHub

/// Pulls and memory as JSON.
enum ModelObjects {
    static func pull(_ pull: ModelPull) -> JSONValue {
        [
            "id": .string(pull.id), "state": .string(pull.state.rawValue), "done": .integer(Int(pull.done)),
            "total": pull.total.map { .integer(Int($0)) } ?? .null,
            "rate": pull.bytesPerSecond.map { .integer(Int($0)) } ?? .null,
            "eta": pull.secondsLeft.map { .number(($0 * 10).rounded() / 10) } ?? .null,
            "message": pull.reason.map(JSONValue.string) ?? .null,
        ]
    }

    static func memory(_ memory: ModelMemoryUse) -> JSONValue {
        [
            "budget_bytes": .integer(memory.budget), "used_bytes": .integer(memory.used),
            "models": .array(
                memory.models.map {
                    ["id": .string($0.id), "bytes": .integer($0.bytes), "pinned": .bool($0.isPinned), "users": .integer($0.users)]
                }),
        ]
    }
}
