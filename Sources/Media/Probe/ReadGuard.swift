import Synchronization

/// Tells a running read to stop: its caller left, or it made no progress for too long.
///
/// FFmpeg polls it while it waits, our own loops between packets.
final class ReadGuard: Sendable {
    private let cancelled = Atomic<Bool>(false)
    private let lastProgress: Mutex<ContinuousClock.Instant>
    private let stallTimeout: Duration

    init(stallTimeout: Duration) {
        self.stallTimeout = stallTimeout
        lastProgress = Mutex(.now)
    }

    func cancel() { cancelled.store(true, ordering: .releasing) }

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Says that work got done, or that the wait was the consumer's.
    func noteProgress() { lastProgress.withLock { $0 = .now } }

    var isStalled: Bool { lastProgress.withLock { ContinuousClock.now - $0 > stallTimeout } }

    var mustStop: Bool { isCancelled || isStalled }

    /// - Throws: `CancellationError` or `MediaError.stalled`.
    func check() throws {
        if isCancelled { throw CancellationError() }
        if isStalled { throw MediaError.stalled }
    }
}
