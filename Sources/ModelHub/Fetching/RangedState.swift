import Foundation
import Foundations
import Networking

/// A file that several transfers fill: which bytes are there, kept in a memo beside it, so that another process can go on.
actor RangedState {
    /// What the bytes are part of, and which of them are there.
    private struct Memo: Codable {
        var url: String
        var validator: String?
        var sha256: String
        var map: RangeMap
    }

    nonisolated let file: PreallocatedFile
    private var memo: Memo
    private var plan: RetryPlan
    private let memoURL: URL
    private let threads: WorkerThreads
    /// Bytes there when the memo was last written.
    private var savedBytes: Int64

    /// New bytes after which the memo is written again: what a kill can cost.
    private static let saveEvery: Int64 = 8 << 20

    private init(file: PreallocatedFile, memo: Memo, memoURL: URL, policy: FetchPolicy, threads: WorkerThreads) {
        self.file = file
        self.memo = memo
        self.memoURL = memoURL
        self.threads = threads
        savedBytes = memo.map.received
        // Each transfer has as many tries as one alone would have.
        plan = RetryPlan(
            retries: policy.retries * policy.parallelRanges, first: policy.firstRetryDelay, last: policy.lastRetryDelay)
    }

    /// Goes on with what is there, when it is part of the same file; else begins anew.
    static func open(
        _ wanted: ResumableDownload.Wanted, _ total: Int64, _ sha256: String, _ validator: String?, _ policy: FetchPolicy,
        _ threads: WorkerThreads
    ) async throws -> RangedState {
        let (part, memoURL) = places(wanted)
        let url = wanted.request.url
        let (file, memo) = try await threads.run {
            if let data = try? Data(contentsOf: memoURL), let memo = try? JSONDecoder().decode(Memo.self, from: data),
                memo.url == url, memo.validator == validator, memo.sha256 == sha256, memo.map.total == total, memo.map.isSound,
                FileDigest.size(of: part) == total
            {
                return (try PreallocatedFile(part, size: total), memo)
            }
            unlink(part.path)
            unlink(memoURL.path)
            try DiskSpace.require(total, at: part.deletingLastPathComponent())
            return (
                try PreallocatedFile(part, size: total),
                Memo(
                    url: url, validator: validator, sha256: sha256,
                    map: RangeMap(total: total, rangeBytes: policy.rangeBytes))
            )
        }
        let state = RangedState(file: file, memo: memo, memoURL: memoURL, policy: policy, threads: threads)
        try await state.save()
        return state
    }

    /// Deletes what an unfinished fetch left.
    static func discard(_ wanted: ResumableDownload.Wanted, _ threads: WorkerThreads) async {
        let (part, memo) = places(wanted)
        try? await threads.run {
            unlink(part.path)
            unlink(memo.path)
        }
    }

    private static func places(_ wanted: ResumableDownload.Wanted) -> (part: URL, memo: URL) {
        let part = wanted.target.appendingPathExtension("ranged")
        return (part, part.appendingPathExtension("json"))
    }

    var received: Int64 { memo.map.received }

    func take() -> (index: Int, range: RangeMap.Range)? { memo.map.take() }
    func giveBack(_ index: Int) { memo.map.giveBack(index) }

    func failed(newBytes: Int64, asked: Duration?) -> RetryPlan.Step { plan.failed(newBytes: newBytes, asked: asked) }

    /// Writes bytes of a range, and notes them only then.
    func write(_ bytes: [UInt8], at offset: Int64, in index: Int) async throws {
        let file = file
        try await threads.run { try file.write(bytes, at: offset) }
        memo.map.reached(offset + Int64(bytes.count), in: index)
        if memo.map.received - savedBytes >= Self.saveEvery || memo.map.isComplete { try await save() }
    }

    /// Writes the memo. Bytes noted in it are in the file already; that they are right is for the hash to say.
    func save() async throws {
        savedBytes = memo.map.received
        let (memo, url) = (memo, memoURL)
        try await threads.run {
            do {
                try JSONEncoder().encode(memo).write(to: url, options: .atomic)
            } catch {
                throw NetworkError.storageFailed
            }
        }
    }
}
