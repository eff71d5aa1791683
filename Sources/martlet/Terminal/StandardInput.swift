import Foundation
import Foundations
import Glibc

/// What is piped into the command, in pieces. A wait for more honours cancellation.
struct StandardInput: AsyncSequence, Sendable {
    typealias Element = Data

    private static let pieceBytes = 1 << 20
    /// Milliseconds after which a silent pipe is left to see whether the command was cancelled.
    private static let patience: Int32 = 200

    private let threads = WorkerThreads(name: "stdin", width: 1)

    struct Iterator: AsyncIteratorProtocol {
        let threads: WorkerThreads

        mutating func next() async throws -> Data? {
            while true {
                try Task.checkCancellation()
                let piece = try await threads.run { try StandardInput.read() }
                guard let piece else { continue }
                return piece.isEmpty ? nil : piece
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(threads: threads) }

    /// - Returns: the next bytes, none at the end; `nil` when nothing came for a while.
    private static func read() throws -> Data? {
        var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, patience) > 0 else { return nil }
        var piece = Data(count: pieceBytes)
        let count = piece.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            if errno == EINTR || errno == EAGAIN { return nil }
            throw ErrorReport(.invalidRequest, code: "stdin_unreadable", "Standard input can't be read.")
        }
        return piece.prefix(count)
    }

    /// All of it, as text.
    /// - Throws: a report beyond `limit` bytes.
    static func text(limit: Int) async throws -> String {
        var bytes = Data()
        for try await piece in StandardInput() {
            bytes += piece
            guard bytes.count <= limit else {
                throw ErrorReport(.tooLarge, code: "stdin_too_large", "Standard input has more than \(ByteCount.text(limit)).")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
