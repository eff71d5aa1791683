import Foundation
import Foundations

/// Keeps two processes from fetching the same model into the same folder. The system frees it when a process dies.
final class FetchLock: Sendable {
    private let descriptor: Int32

    /// Waits, by asking twice a second, until the lock is ours.
    static func acquire(_ url: URL, deadline: Deadline, waiting: () -> Void) async throws -> FetchLock {
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ModelHubError.storageFailed }
        let lock = FetchLock(descriptor: descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw ModelHubError.storageFailed }
            guard !deadline.isPast else { throw DeadlineExceeded(waitingFor: "another process that fetches the model") }
            waiting()
            try await Task.sleep(for: .milliseconds(500))
        }
        return lock
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
