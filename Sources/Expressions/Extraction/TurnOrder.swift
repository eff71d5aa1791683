import Foundation

/// Lets threads that work on numbered frames pass a point in the frames' order.
///
/// Whoever takes frames must begin them in their order, and `stop` when none will follow: a thread whose turn would never come leaves then.
// Safe to share: the state is touched only while `condition` is locked.
package final class TurnOrder: @unchecked Sendable {
    private let condition = NSCondition()
    private var next = 0
    private var isStopped = false
    private var isOpen = false

    package init() {}

    /// Runs `body` when all frames before `number` have passed; the next one may pass when it is done, whether it throws or not.
    /// - Throws: `CancellationError` after `stop`.
    package func pass<T>(_ number: Int, _ body: () throws -> T) throws -> T {
        condition.lock()
        while !isStopped, !isOpen, next != number { condition.wait() }
        let mayRun = !isStopped
        condition.unlock()
        defer {
            condition.lock()
            next = number + 1
            condition.broadcast()
            condition.unlock()
        }
        guard mayRun else { throw CancellationError() }
        return try body()
    }

    /// From now on frames pass in any order.
    package func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }

    package func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        condition.unlock()
    }
}
