import Expressions
import Foundation
import Foundations
import Synchronization
import Testing

@Suite struct FaceTrackingTests {
    @Test func exactAlwaysLooksEverywhere() {
        var tracking = FaceTracking(mode: .exact, keyInterval: 10)
        for number in 0..<5 {
            #expect(tracking.next(number, width: 640, height: 480) == .everywhere && tracking.isKey(number))
            tracking.looked(foundFace: true)
        }
    }

    @Test func keyFramesComeRegularlyAndAfterDoubt() {
        var tracking = FaceTracking(mode: .tracked, keyInterval: 4)
        var number = -1
        func step(found: Bool = true) -> FaceTracking.Look {
            number += 1
            let look = tracking.next(number, width: 640, height: 480)
            tracking.looked(foundFace: found)
            return look
        }
        #expect((0..<9).map { _ in step() } == [.everywhere, .near, .near, .near, .everywhere, .near, .near, .near, .everywhere])
        #expect(step(found: false) == .near)
        #expect(step() == .everywhere)
        #expect(step() == .near)
    }

    @Test func anotherSizeStartsAnew() {
        var tracking = FaceTracking(mode: .tracked, keyInterval: 10)
        _ = tracking.next(0, width: 640, height: 480)
        tracking.looked(foundFace: true)
        #expect(tracking.next(1, width: 320, height: 240) == .everywhere)
    }
}

/// With threads of their own: those that wait for their turn would block the pool that the tests run on.
@Suite struct TurnOrderTests {
    @Test(.timeLimit(.minutes(1))) func threadsPassInOrder() async {
        let order = TurnOrder()
        let passed = Mutex<[Int]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let left = Atomic(8)
            for number in (0..<8).reversed() {
                Thread.detachNewThread {
                    try? order.pass(number) { passed.withLock { $0.append(number) } }
                    if left.subtract(1, ordering: .relaxed).newValue == 0 { done.resume() }
                }
            }
        }
        #expect(passed.withLock { $0 } == Array(0..<8))
    }

    @Test(.timeLimit(.minutes(1))) func whoseTurnWontComeLeaves() async {
        let order = TurnOrder()
        let failed = await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
            Thread.detachNewThread {
                do {
                    try order.pass(5) {}
                    done.resume(returning: false)
                } catch {
                    done.resume(returning: error is CancellationError)
                }
            }
            order.stop()
        }
        #expect(failed)
    }
}
