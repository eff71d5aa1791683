import Crypto
import Foundation
import Foundations
import Networking
import Synchronization

/// Fetches one large file in several ranges at once, goes on where an earlier try stopped (also one of an earlier process),
/// and verifies it.
///
/// The bytes go to `<target>.ranged`, which has its final size from the start; `<target>.ranged.json` says which of them are
/// there. Ranges are put together only where a known SHA-256 tells a mixture apart.
struct RangedDownload: Sendable {
    let network: NetworkClient
    let policy: FetchPolicy
    let threads: WorkerThreads
    let tally: FetchTally

    /// The source doesn't serve ranges, or what it serves has changed: the file is fetched as a whole instead.
    private struct Unsuitable: Error {}

    /// A failure that time may heal.
    private struct Pause: Error {
        var retryAfter: Duration?
    }

    /// What the source says about the file.
    private struct Head: Sendable {
        var total: Int64
        var sha256: String
        var validator: String?
    }

    /// - Returns: `nil` when the file isn't large enough, an unfinished fetch as a whole goes on, or the source doesn't serve
    ///   ranges of it.
    /// - Throws: `ModelHubError`, `CancellationError`, `DeadlineExceeded`.
    func run(_ wanted: ResumableDownload.Wanted, deadline: Deadline) async throws -> ResumableDownload.Done? {
        guard policy.parallelRanges > 1, wanted.size.map({ $0 >= policy.rangeThreshold }) ?? wanted.needsStatedHash else {
            return nil
        }
        let whole = wanted.target.appendingPathExtension("part")
        guard try await threads.run({ (FileDigest.size(of: whole) ?? 0) == 0 }),
            let head = try await look(wanted, deadline: deadline)
        else { return nil }
        do {
            for isLastTry in [false, true] {
                let state = try await RangedState.open(wanted, head.total, head.sha256, head.validator, policy, threads)
                let resumed = await state.received > 0
                try await fill(state, wanted, head, deadline: deadline)
                if let done = try await finish(state, wanted, head) { return done }
                // What an earlier process left may have been bad; without any of it, it is the source.
                if !resumed || isLastTry { throw ModelHubError.wrongContent(file: wanted.name) }
            }
            return nil
        } catch is Unsuitable {
            await RangedState.discard(wanted, threads)
            tally.update(wanted.name, bytes: 0, total: head.total)
            return nil
        } catch let error as NetworkError {
            throw ModelHubError.storage(error, at: wanted.target.deletingLastPathComponent())
        }
    }

    // MARK: The source

    /// Asks for the first byte, to learn whether ranges are served and of what. Whatever goes wrong here is for the fetch as
    /// a whole to see and to judge.
    private func look(_ wanted: ResumableDownload.Wanted, deadline: Deadline) async throws -> Head? {
        do {
            let arrival = try await RedirectWalk(network: network).send(
                request(wanted, "bytes=0-0", validator: nil), deadline: deadline.capped(at: policy.stallTimeout))
            guard arrival.response.status == 206, let range = ContentRange(arrival.response.header("Content-Range")),
                range.first == 0, let total = range.total, total >= policy.rangeThreshold,
                total <= ResumableDownload.maxBytes, wanted.size ?? total == total, arrival.linkedSize ?? total == total,
                let sha256 = wanted.sha256 ?? arrival.linkedHash, arrival.linkedHash ?? sha256 == sha256
            else { return nil }
            _ = try? await arrival.response.body.collect(upTo: 1)
            return Head(total: total, sha256: sha256, validator: Self.validator(of: arrival.response))
        } catch is NetworkError {
            return nil
        } catch is ModelHubError {
            return nil
        }
    }

    private func request(_ wanted: ResumableDownload.Wanted, _ range: String, validator: String?) -> NetworkRequest {
        var request = wanted.request
        request.headers += [("Accept-Encoding", "identity"), ("Range", range)]
        if let validator { request.headers.append(("If-Range", validator)) }
        return request
    }

    private static func validator(of response: NetworkResponse) -> String? {
        response.header("ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil } ?? response.header("Last-Modified")
    }

    // MARK: Filling

    private func fill(
        _ state: RangedState, _ wanted: ResumableDownload.Wanted, _ head: Head, deadline: Deadline
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<policy.parallelRanges {
                group.addTask {
                    while let (index, range) = await state.take() {
                        try await fetch(range, index: index, state, wanted, head, deadline: deadline)
                    }
                }
            }
            do {
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                while await group.nextResult() != nil {}
                // What came so far is worth keeping, however the fetch ended: in a task of its own, which nobody cancelled.
                await Task { try? await state.save() }.value
                throw error
            }
        }
    }

    /// Fetches what is missing of one range, again where it breaks off.
    private func fetch(
        _ range: RangeMap.Range, index: Int, _ state: RangedState, _ wanted: ResumableDownload.Wanted, _ head: Head,
        deadline: Deadline
    ) async throws {
        var position = range.next
        while position < range.end {
            let before = position
            var asked: Duration?
            do {
                try await transfer(&position, to: range.end, index: index, state, wanted, head, deadline: deadline)
            } catch let pause as Pause {
                asked = pause.retryAfter
            } catch let error as NetworkError {
                switch error {
                case .insufficientStorage, .storageFailed, .invalidURL, .tooManyRedirects, .clientClosed: throw error
                default: break
                }
            }
            if position == range.end { break }
            guard !deadline.isPast else { throw DeadlineExceeded(waitingFor: "the transfer of \(wanted.name)") }
            switch await state.failed(newBytes: position - before, asked: asked) {
            case .giveUp: throw ModelHubError.sourceUnreachable
            case .retry(let delay): try await Task.sleep(for: delay)
            }
        }
        await state.giveBack(index)
    }

    private func transfer(
        _ position: inout Int64, to end: Int64, index: Int, _ state: RangedState, _ wanted: ResumableDownload.Wanted,
        _ head: Head, deadline: Deadline
    ) async throws {
        let start = position
        let arrival = try await RedirectWalk(network: network).send(
            request(wanted, "bytes=\(start)-\(end - 1)", validator: head.validator),
            deadline: deadline.capped(at: policy.stallTimeout))
        let response = arrival.response
        switch response.status {
        case 206: break
        case 408, 425, 429, 500...599:
            throw Pause(retryAfter: response.header("Retry-After").flatMap { Int64($0) }.map { .seconds($0) })
        case 200, 416: throw Unsuitable()
        default: throw ModelHubError.sourceStatus(response.status)
        }
        guard let range = ContentRange(response.header("Content-Range")), range.first == start, range.total == head.total,
            Self.validator(of: response) == head.validator,
            response.header("Content-Encoding").map({ $0.lowercased() == "identity" }) ?? true
        else { throw Unsuitable() }

        let arriving = Arriving(position: start)
        var failure: (any Error)?
        do {
            try await read(response, to: end, arriving, index: index, state, name: wanted.name, total: head.total, deadline)
        } catch {
            failure = error
        }
        try Task.checkCancellation()
        // What came before a failure counts: a source that stalls again and again still gets somewhere.
        try await flush(arriving, index: index, state, name: wanted.name, total: head.total)
        position = arriving.position
        if let failure { throw failure }
        if position < end { throw NetworkError.truncated(received: position - start, announced: end - start) }
    }

    /// Reads a range's body until it ends, or nothing came for too long.
    private func read(
        _ response: NetworkResponse, to end: Int64, _ arriving: Arriving, index: Int, _ state: RangedState, name: String,
        total: Int64, _ deadline: Deadline
    ) async throws {
        let stallTimeout = policy.stallTimeout
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for try await chunk in response.body {
                    // A source that sends more than was asked for doesn't know what it sends.
                    guard arriving.take(chunk, upTo: end) else { throw Unsuitable() }
                    if arriving.pendingBytes >= 1 << 20 {
                        try await flush(arriving, index: index, state, name: name, total: total)
                    }
                }
                return true
            }
            group.addTask {
                while true {
                    let latest = min(arriving.lastByte + stallTimeout, deadline.instant)
                    if latest <= .now { return false }
                    try await Task.sleep(until: latest, clock: .continuous)
                }
            }
            defer { group.cancelAll() }
            if try await group.next() == false { throw NetworkError.timeout }
        }
    }

    private func flush(
        _ arriving: Arriving, index: Int, _ state: RangedState, name: String, total: Int64
    ) async throws {
        let (bytes, offset) = arriving.pending
        guard !bytes.isEmpty else { return }
        try await state.write(bytes, at: offset, in: index)
        arriving.written(bytes.count)
        tally.update(name, bytes: await state.received, total: total)
    }

    /// The bytes of one range that aren't in the file yet. The reader adds to them, the watch over silence asks when.
    private final class Arriving: Sendable {
        private struct State {
            var position: Int64
            var bytes: [UInt8] = []
            var lastByte = ContinuousClock.now
        }

        private let state: Mutex<State>

        init(position: Int64) { state = Mutex(State(position: position)) }

        /// Where the next byte that isn't written belongs.
        var position: Int64 { state.withLock { $0.position } }
        var pending: (bytes: [UInt8], offset: Int64) { state.withLock { ($0.bytes, $0.position) } }
        var pendingBytes: Int { state.withLock { $0.bytes.count } }
        var lastByte: ContinuousClock.Instant { state.withLock { $0.lastByte } }

        /// - Returns: `false`, taking nothing, when that is more than `end` allows.
        func take(_ chunk: [UInt8], upTo end: Int64) -> Bool {
            state.withLock { state in
                guard state.position + Int64(state.bytes.count + chunk.count) <= end else { return false }
                state.bytes += chunk
                state.lastByte = .now
                return true
            }
        }

        /// A slow disk isn't a silent peer: writing counts as life.
        func written(_ count: Int) {
            state.withLock { state in
                state.position += Int64(count)
                state.bytes.removeFirst(count)
                state.lastByte = .now
            }
        }
    }

    // MARK: The end

    /// - Returns: `nil` when the file isn't what it should be; it is deleted then.
    private func finish(
        _ state: RangedState, _ wanted: ResumableDownload.Wanted, _ head: Head
    ) async throws -> ResumableDownload.Done? {
        let (file, tally) = (state.file, tally)
        let digest = try await threads.runCancellable { flag in
            try FileDigest.sha256(file.url, flag: flag) { done in
                if done % (64 << 20) == 0 { tally.report(stage: "verify", done: done, total: head.total, note: wanted.name) }
            }
        }
        guard digest == head.sha256 else {
            await RangedState.discard(wanted, threads)
            return nil
        }
        try await threads.run { try file.finish(as: wanted.target) }
        await RangedState.discard(wanted, threads)
        return ResumableDownload.Done(size: head.total, sha256: digest)
    }
}
