/// How far a piece of work has come. Counted from work done, never from time.
public struct ProgressUpdate: Sendable, Equatable {
    public enum Unit: String, Sendable { case bytes, frames, seconds, tokens, items }

    /// A short snake-case word for the stage: `download`, `decode`, `transcribe`, `answer`.
    public var stage: String
    public var done: Double
    /// `nil` while unknown.
    public var total: Double?
    public var unit: Unit
    /// Of the whole work, 0 to 1, where the stage is only a part of it and that is known.
    public var overall: Double?
    /// One plain sentence for people, where there is something to say.
    public var note: String?

    public init(stage: String, done: Double, total: Double? = nil, unit: Unit = .items, overall: Double? = nil, note: String? = nil) {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.overall = overall
        self.note = note
    }

    /// 0 to 1, `nil` while the total is unknown.
    public var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, max(0, done / total))
    }
}

public typealias ProgressHandler = @Sendable (ProgressUpdate) -> Void
