/// Who may work on a video question now, who waits and who is turned away. A value without time or tasks; the gate runs it.
///
/// The expected wait of a position is the moving average of service times, times the position, divided by the slots.
package struct AdmissionQueue: Sendable {
    package typealias ID = UInt64

    package enum Decision: Equatable, Sendable {
        case run
        /// Waits; 1 is next.
        case wait(position: Int)
        /// All places are taken.
        case full(retryAfter: Duration)
        /// There is a place, but the wait would outlast the caller's patience.
        case tooLong(retryAfter: Duration)
    }

    package enum Action: Equatable, Sendable {
        case start(ID)
        case moved(ID, position: Int)
    }

    /// The newest service time's share in the average.
    package static let weight = 0.3
    /// What a question is taken to need before one has been served.
    package static let firstGuess: Duration = .seconds(10)
    package static let longestRetryAfter: Duration = .seconds(120)

    package let slots: Int
    package let places: Int
    package private(set) var running: Set<ID> = []
    package private(set) var waiting: [ID] = []
    package private(set) var averageService: Duration = firstGuess
    private var hasServed = false

    package init(slots: Int, places: Int) {
        self.slots = max(1, slots)
        self.places = max(0, places)
    }

    /// How long the one at `position` is expected to wait for a slot.
    package func expectedWait(position: Int) -> Duration { averageService * position / slots }

    /// What would be answered to one who came now.
    package func outlook(patience: Duration) -> Decision {
        if running.count < slots, waiting.isEmpty { return .run }
        let position = waiting.count + 1
        let wait = expectedWait(position: position)
        let retryAfter = min(Self.longestRetryAfter, max(.seconds(1), wait))
        if position > places { return .full(retryAfter: retryAfter) }
        if wait > patience { return .tooLong(retryAfter: retryAfter) }
        return .wait(position: position)
    }

    package mutating func arrive(_ id: ID, patience: Duration) -> Decision {
        let decision = outlook(patience: patience)
        switch decision {
        case .run: running.insert(id)
        case .wait: waiting.append(id)
        case .full, .tooLong: break
        }
        return decision
    }

    /// Someone is done, or gave up waiting.
    /// - Parameter served: how long the work took; `nil` for work that failed or was cancelled, which says nothing
    ///   about how long work takes.
    package mutating func leave(_ id: ID, served: Duration?) -> [Action] {
        if let place = waiting.firstIndex(of: id) {
            waiting.remove(at: place)
            return waiting.indices.dropFirst(place).map { .moved(waiting[$0], position: $0 + 1) }
        }
        guard running.remove(id) != nil else { return [] }
        if let served {
            averageService = hasServed ? averageService * (1 - Self.weight) + served * Self.weight : served
            hasServed = true
        }
        guard !waiting.isEmpty, running.count < slots else { return [] }
        let next = waiting.removeFirst()
        running.insert(next)
        return [.start(next)] + waiting.indices.map { .moved(waiting[$0], position: $0 + 1) }
    }
}
