import Crypto
import Foundation
import Foundations
import Networking
import Synchronization

/// Fetches one file, goes on where an earlier try stopped (also one of an earlier process), and verifies it.
///
/// The bytes gather in `<target>.part`; `<target>.part.json` remembers what they are part of. A range is only asked for
/// with `If-Range` or when a known SHA-256 will tell a mixture apart.
struct ResumableDownload: Sendable {
    /// What is wanted.
    struct Wanted: Sendable {
        /// The name of it in errors and in the tally.
        var name: String
        var request: NetworkRequest
        var sha256: String?
        var size: Int64?
        /// The source must state the SHA-256 when we have none.
        var needsStatedHash = false
        var target: URL
    }

    struct Done: Sendable, Equatable {
        var size: Int64
        var sha256: String
    }

    private struct Resume: Codable {
        var url: String
        var validator: String?
        var sha256: String?
    }

    let network: NetworkClient
    let policy: FetchPolicy
    let threads: WorkerThreads
    let tally: FetchTally
    /// No file is longer, whatever a source says.
    static let maxBytes: Int64 = 1 << 40

    /// - Throws: `ModelHubError`, `CancellationError`, `DeadlineExceeded`.
    func run(_ wanted: Wanted, deadline: Deadline) async throws -> Done {
        var plan = RetryPlan(retries: policy.retries, first: policy.firstRetryDelay, last: policy.lastRetryDelay)
        var mayStartOver = true
        while true {
            var attempt = try await Attempt(self, wanted)
            let resumed = attempt.received > 0
            var asked: Duration?
            do {
                return try await attempt.run(deadline: deadline)
            } catch ModelHubError.wrongContent(let file) {
                // What an earlier process left may have been bad; the second time it is the source.
                guard resumed, mayStartOver else { throw ModelHubError.wrongContent(file: file) }
                mayStartOver = false
                continue
            } catch let pause as Pause {
                asked = pause.retryAfter
            } catch let error as NetworkError {
                switch error {
                case .insufficientStorage, .storageFailed:
                    throw ModelHubError.storage(error, at: wanted.target.deletingLastPathComponent())
                case .invalidURL, .tooManyRedirects, .clientClosed: throw error
                default: break
                }
            }
            guard !deadline.isPast else { throw DeadlineExceeded(waitingFor: "the transfer of \(wanted.name)") }
            switch plan.failed(newBytes: attempt.newBytes, asked: asked) {
            case .giveUp: throw ModelHubError.sourceUnreachable
            case .retry(let delay): try await Task.sleep(for: delay)
            }
        }
    }

    /// A failure that time may heal.
    private struct Pause: Error {
        var retryAfter: Duration?
    }

    /// One try: its file, and how much of it is there and hashed.
    private struct Attempt {
        let download: ResumableDownload
        let wanted: Wanted
        let part: URL
        var resume: Resume?
        var received: Int64
        var newBytes: Int64 = 0
        var hasher = SHA256()

        init(_ download: ResumableDownload, _ wanted: Wanted) async throws {
            self.download = download
            self.wanted = wanted
            let part = wanted.target.appendingPathExtension("part")
            self.part = part
            let memo = part.appendingPathExtension("json")
            let loaded: (Resume, Int64, SHA256)? = try await download.threads.runCancellable { flag in
                guard let data = try? Data(contentsOf: memo),
                    let resume = try? JSONDecoder().decode(Resume.self, from: data),
                    resume.url == wanted.request.url, resume.sha256 == wanted.sha256,
                    resume.validator != nil || wanted.sha256 != nil,
                    let size = FileDigest.size(of: part), size > 0, size <= wanted.size ?? .max
                else { return nil }
                var hasher = SHA256()
                try FileDigest.hash(part, limit: size, into: &hasher, flag: flag)
                return (resume, size, hasher)
            }
            resume = loaded?.0
            received = loaded?.1 ?? 0
            hasher = loaded?.2 ?? SHA256()
        }

        mutating func run(deadline: Deadline) async throws -> Done {
            if let size = wanted.size, wanted.sha256 != nil, received == size {
                return try await finish(expecting: nil)
            }
            var request = wanted.request
            request.headers.append(("Accept-Encoding", "identity"))
            if received > 0 {
                request.headers.append(("Range", "bytes=\(received)-"))
                if let validator = resume?.validator { request.headers.append(("If-Range", validator)) }
            }
            // The head must come within the time that counts as a stall.
            let arrival = try await RedirectWalk(network: download.network).send(
                request, deadline: deadline.capped(at: download.policy.stallTimeout))
            let total = try await accept(arrival)
            let stated = arrival.linkedHash
            if wanted.sha256 == nil, wanted.needsStatedHash, stated == nil {
                throw ModelHubError.unverifiable(file: wanted.name)
            }
            if arrival.response.status != 416 {
                try await read(arrival.response, total: total, deadline: deadline)
            }
            if let total, received != total { throw NetworkError.truncated(received: received, announced: total) }
            return try await finish(expecting: stated)
        }

        /// Judges a response's head.
        /// - Returns: the whole file's size, where it is known.
        private mutating func accept(_ arrival: RedirectWalk.Arrival) async throws -> Int64? {
            let response = arrival.response
            let total: Int64?
            switch response.status {
            case 200:
                if received > 0 { try await startOver() }
                total = response.contentLength
            case 206:
                guard let range = ContentRange(response.header("Content-Range")), range.first == received else {
                    try await startOver()
                    throw Pause()
                }
                total = range.total
            case 416:
                // Everything is there already, or what is there isn't part of it.
                guard let range = ContentRange(response.header("Content-Range")), range.total == received else {
                    try await startOver()
                    throw Pause()
                }
                total = received
            case 408, 425, 429, 500...599:
                throw Pause(
                    retryAfter: response.header("Retry-After").flatMap { Int64($0) }.map { .seconds($0) })
            default: throw ModelHubError.sourceStatus(response.status)
            }
            if let encoding = response.header("Content-Encoding"), encoding.lowercased() != "identity" {
                throw ModelHubError.wrongSize(file: wanted.name)
            }
            // A declared size must agree with what the peer announces, and so must what the hub states.
            for stated in [wanted.size, arrival.linkedSize] {
                if let stated, let total, stated != total { throw ModelHubError.wrongSize(file: wanted.name) }
            }
            let size = total ?? wanted.size ?? arrival.linkedSize
            if let size {
                guard (0...ResumableDownload.maxBytes).contains(size) else {
                    throw ModelHubError.wrongSize(file: wanted.name)
                }
                let rest = size - received
                let folder = part.deletingLastPathComponent()
                try await download.threads.run { try DiskSpace.require(rest, at: folder) }
            }
            download.tally.update(wanted.name, bytes: received, total: size)
            return size
        }

        private mutating func startOver() async throws {
            let part = part
            try await download.threads.run { _ = try OutputFile(part, truncating: true) }
            received = 0
            hasher = SHA256()
        }

        private mutating func read(_ response: NetworkResponse, total: Int64?, deadline: Deadline) async throws {
            try await remember(validatorOf: response)
            let start = received
            let lastByte = LastByte()
            let reader = Reader(
                download: download, wanted: wanted, part: part, limit: total ?? ResumableDownload.maxBytes, total: total)
            let stallTimeout = download.policy.stallTimeout
            let (outcome, hasStalled) = try await withThrowingTaskGroup(of: Reader.Outcome?.self) {
                [received, hasher] group in
                group.addTask {
                    await reader.run(response, from: received, hasher: hasher) { lastByte.came() }
                }
                group.addTask {
                    // Wakes when the silence would be too long, as seen from the last byte.
                    while true {
                        let latest = min(lastByte.time + stallTimeout, deadline.instant)
                        if latest <= .now { return nil }
                        try await Task.sleep(until: latest, clock: .continuous)
                    }
                }
                // The watch's end cancels the reader, whose outcome tells how far it came.
                let first = try await group.next() ?? nil
                group.cancelAll()
                if let first { return (first, false) }
                guard let outcome = try await group.next() ?? nil else { throw CancellationError() }
                return (outcome, true)
            }
            received = outcome.received
            hasher = outcome.hasher
            try Task.checkCancellation()
            // What came before a failure counts: a source that stalls again and again still gets somewhere.
            if !outcome.pending.isEmpty {
                let (part, bytes, before) = (part, outcome.pending, hasher)
                hasher = try await download.threads.run {
                    try OutputFile(part, truncating: false).append(bytes)
                    var hasher = before
                    hasher.update(data: bytes)
                    return hasher
                }
                received += Int64(bytes.count)
                download.tally.update(wanted.name, bytes: received, total: total)
            }
            newBytes = received - start
            if let failure = outcome.failure { throw hasStalled ? NetworkError.timeout : failure }
        }

        /// Notes what the coming bytes are part of, before the first of them is written.
        private func remember(validatorOf response: NetworkResponse) async throws {
            let tag = response.header("ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
            let resume = Resume(
                url: wanted.request.url, validator: tag ?? response.header("Last-Modified"), sha256: wanted.sha256)
            let memo = part.appendingPathExtension("json")
            try await download.threads.run {
                do {
                    try JSONEncoder().encode(resume).write(to: memo, options: .atomic)
                } catch {
                    throw NetworkError.storageFailed
                }
            }
        }

        private func finish(expecting stated: String?) async throws -> Done {
            let digest = SHA256Text.hex(hasher.finalize())
            let (part, wanted) = (part, wanted)
            let isRight = [wanted.sha256, stated].allSatisfy { $0 == nil || $0 == digest }
            let received = received
            try await download.threads.run {
                if isRight {
                    // An empty file has no part yet.
                    try OutputFile(part, truncating: false).finish(as: wanted.target)
                } else {
                    unlink(part.path)
                }
                unlink(part.appendingPathExtension("json").path)
            }
            guard isRight else { throw ModelHubError.wrongContent(file: wanted.name) }
            return Done(size: received, sha256: digest)
        }
    }

    /// When something last came, told by the reader and asked by the watch.
    private final class LastByte: Sendable {
        private let instant = Mutex(ContinuousClock.now)

        var time: ContinuousClock.Instant { instant.withLock { $0 } }

        func came() { instant.withLock { $0 = .now } }
    }

    /// Writes and hashes a body. A failure is part of its outcome, so that what came before it isn't lost.
    private struct Reader: Sendable {
        struct Outcome: Sendable {
            /// Bytes in the file, and their hash.
            var received: Int64
            var hasher: SHA256
            /// Bytes behind those that aren't in the file yet.
            var pending: [UInt8] = []
            var failure: (any Error)?
        }

        let download: ResumableDownload
        let wanted: Wanted
        let part: URL
        let limit: Int64
        let total: Int64?

        func run(
            _ response: NetworkResponse, from start: Int64, hasher: SHA256, alive: @escaping @Sendable () -> Void
        ) async -> Outcome {
            var outcome = Outcome(received: start, hasher: hasher)
            do {
                let (part, threads) = (part, download.threads)
                let file = try await threads.run { try OutputFile(part, truncating: start == 0) }
                for try await chunk in response.body {
                    alive()
                    guard outcome.received + Int64(outcome.pending.count + chunk.count) <= limit else {
                        throw ModelHubError.wrongSize(file: wanted.name)
                    }
                    outcome.pending += chunk
                    guard outcome.pending.count >= 1 << 20 else { continue }
                    let (bytes, before) = (outcome.pending, outcome.hasher)
                    outcome.pending = []
                    outcome.hasher = try await threads.run {
                        try file.append(bytes)
                        var hasher = before
                        hasher.update(data: bytes)
                        return hasher
                    }
                    outcome.received += Int64(bytes.count)
                    download.tally.update(wanted.name, bytes: outcome.received, total: total)
                    // A slow disk isn't a silent peer.
                    alive()
                }
            } catch {
                outcome.failure = error
            }
            return outcome
        }
    }
}

/// The `Content-Range` of a partial answer: `bytes 5-9/10`, or `bytes */10` of a refused one.
package struct ContentRange: Sendable, Equatable {
    package var first: Int64?
    package var total: Int64?

    package init?(_ text: String?) {
        guard let match = text?.wholeMatch(of: #/bytes (?:(\d+)-\d+|\*)/(?:(\d+)|\*)/#) else { return nil }
        first = match.1.flatMap { Int64($0) }
        total = match.2.flatMap { Int64($0) }
    }
}

extension ModelHubError {
    /// Turns a failure to write into the report with figures.
    static func storage(_ error: NetworkError, at folder: URL) -> ModelHubError {
        error == .insufficientStorage
            ? .insufficientStorage(needed: DiskSpace.reserve, available: DiskSpace.available(at: folder) ?? 0)
            : .storageFailed
    }
}
