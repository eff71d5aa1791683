import Foundations

/// When a message that keeps changing is edited: never more often than the platform likes, one edit at a time, and always to the newest
/// text. A value: texts and time go in, edits come out.
///
///     var pacing = EditPacing(interval: .seconds(1))
///     pacing.want("Hel")
///     pacing.want("Hello")
///     pacing.next(at: now)      // .edit("Hello")
///     pacing.finished(at: now)
struct EditPacing: Sendable, Equatable {
    typealias Instant = ContinuousClock.Instant

    enum Action: Sendable, Equatable {
        /// Nothing to show, or an edit is under way.
        case rest
        case wait(until: Instant)
        case edit(String)
    }

    private let interval: Duration
    private var wanted: String?
    /// What the platform shows, as far as is known.
    private var shown: String?
    private var underWay: String?
    private var earliest: Instant?

    /// Waits after edits that failed, until they work again.
    private static let troubleFactor = 3

    /// - Parameters:
    ///   - shown: what the message says already.
    ///   - earliest: when the first edit may be made.
    init(interval: Duration, shown: String? = nil, earliest: Instant? = nil) {
        self.interval = interval
        self.shown = shown
        self.earliest = earliest
    }

    mutating func want(_ text: String) { wanted = text == shown && underWay == nil ? nil : text }

    mutating func next(at now: Instant) -> Action {
        guard underWay == nil, let text = wanted else { return .rest }
        if let earliest, now < earliest { return .wait(until: earliest) }
        wanted = nil
        if text == shown { return .rest }
        underWay = text
        return .edit(text)
    }

    /// The edit was made.
    mutating func finished(at now: Instant) {
        shown = underWay
        underWay = nil
        earliest = now + interval
    }

    /// The edit failed. A newer text, or the same one, is shown later.
    mutating func failed(_ error: ChatPortError?, at now: Instant) {
        wanted = wanted ?? underWay
        underWay = nil
        // What the platform shows now is unknown.
        shown = nil
        if case .slowDown(let after) = error { earliest = now + max(after, interval) } else { earliest = now + interval * Self.troubleFactor }
    }
}
