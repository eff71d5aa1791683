import ModelHub
import Synchronization

/// A place in a lane that a response keeps until its last byte. It is given back when nobody holds it any more, also where a response
/// was never sent.
final class HeldPlace: Sendable {
    private let lane: Lane
    private let place: Lane.Place
    private let begun = ContinuousClock.now
    private let isLeft = Mutex(false)

    init(_ lane: Lane, _ place: Lane.Place) {
        self.lane = lane
        self.place = place
    }

    /// - Parameter isDone: whether how long it took says something about how long work takes.
    func leave(isDone: Bool) async {
        guard isLeft.withLock({ isLeft in
            defer { isLeft = true }
            return !isLeft
        }) else { return }
        await lane.leave(place, served: isDone ? .now - begun : nil)
    }

    deinit {
        guard !isLeft.withLock({ $0 }) else { return }
        // The lane is an actor: only a task can tell it.
        Task { [lane, place] in await lane.leave(place, served: nil) }
    }
}
