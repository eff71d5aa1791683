import Foundation

/// One picture and the frame number it stands for, which repeats when it was asked for repeatedly.
struct FrameJob: Sendable {
    var picture: DecodedPicture
    var index: Int
    var time: Double
    var repeats: Int
}

/// Hands pictures from the decoding thread through the converting threads to one consumer, in order, with at most
/// `capacity` of them on the way: whoever is ahead waits.
///
/// `@unchecked Sendable`: every mutable property is touched only while `condition` is locked.
final class FramePump<Output: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let readGuard: ReadGuard
    private var waitingJobs: [(sequence: Int, job: FrameJob)] = []
    private var results: [Int: Result<Output, any Error>] = [:]
    private var repeatsLeft: [Int: Int] = [:]
    private var nextSubmitted = 0
    private var nextDelivered = 0
    private var end: Result<Void, any Error>?
    private var isStopped = false
    private var consumer: CheckedContinuation<Output?, any Error>?

    init(capacity: Int, guard readGuard: ReadGuard) {
        self.capacity = capacity
        self.readGuard = readGuard
    }

    // MARK: Decoding thread

    /// Queues a picture, waiting while too many are on the way. Returns false when nobody wants it any more.
    func submit(_ job: FrameJob) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped && nextSubmitted - nextDelivered >= capacity { condition.wait() }
        guard !isStopped else { return false }
        waitingJobs.append((nextSubmitted, job))
        repeatsLeft[nextSubmitted] = job.repeats
        nextSubmitted += 1
        condition.broadcast()
        return true
    }

    /// No further pictures will come.
    func finish(_ result: Result<Void, any Error>) {
        condition.lock()
        if end == nil { end = result }
        condition.broadcast()
        let delivery = takeDelivery()
        condition.unlock()
        delivery?()
    }

    // MARK: Converting threads

    /// The next picture to convert; `nil` when there will be none.
    func nextJob() -> (sequence: Int, job: FrameJob)? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped {
            if !waitingJobs.isEmpty { return waitingJobs.removeFirst() }
            if end != nil { return nil }
            condition.wait()
        }
        return nil
    }

    func complete(_ sequence: Int, _ result: Result<Output, any Error>) {
        condition.lock()
        results[sequence] = result
        let delivery = takeDelivery()
        condition.unlock()
        delivery?()
    }

    // MARK: Consumer

    /// The next frame; `nil` at the end. Cancellation stops the whole read.
    func next() async throws -> Output? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                condition.lock()
                consumer = continuation
                let delivery = takeDelivery()
                condition.unlock()
                delivery?()
            }
        } onCancel: {
            stop()
        }
    }

    /// Ends the read: the threads leave, a waiting consumer gets `CancellationError`.
    func stop() {
        readGuard.cancel()
        condition.lock()
        isStopped = true
        waitingJobs = []
        results = [:]
        condition.broadcast()
        let delivery = takeDelivery()
        condition.unlock()
        delivery?()
    }

    /// With the lock held: what to hand the waiting consumer, to be called after unlocking.
    private func takeDelivery() -> (() -> Void)? {
        guard let continuation = consumer else { return nil }
        if isStopped {
            consumer = nil
            return { continuation.resume(throwing: CancellationError()) }
        }
        if let result = results[nextDelivered] {
            consumer = nil
            let left = (repeatsLeft[nextDelivered] ?? 1) - 1
            if left > 0, case .success = result {
                repeatsLeft[nextDelivered] = left
            } else {
                results[nextDelivered] = nil
                repeatsLeft[nextDelivered] = nil
                nextDelivered += 1
                condition.broadcast()
            }
            return { continuation.resume(with: result.map(Optional.some)) }
        }
        if let end, nextDelivered == nextSubmitted {
            consumer = nil
            return { continuation.resume(with: end.map { nil }) }
        }
        return nil
    }
}
