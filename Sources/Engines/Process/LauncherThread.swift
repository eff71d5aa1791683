import Foundation
import Synchronization

/// The one thread that starts children. It never ends: the kernel kills a child when the thread that started it ends
/// (`PR_SET_PDEATHSIG`, prctl(2)), so threads of a pool, which come and go, must not do it.
final class LauncherThread: Sendable {
    static let shared = LauncherThread()

    private let work = Mutex<[@Sendable () -> Void]>([])
    private let available = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                available.wait()
                work.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
            }
        }
        thread.name = "martlet.launcher"
        thread.start()
    }

    func perform(_ piece: @escaping @Sendable () -> Void) {
        work.withLock { $0.append(piece) }
        available.signal()
    }
}
