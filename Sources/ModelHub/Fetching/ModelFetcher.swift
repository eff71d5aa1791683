import Crypto
import Foundation
import Foundations
import Networking

/// Brings one model's files to this machine: chooses sources, transfers in parallel, unpacks, imports, verifies.
struct ModelFetcher: Sendable {
    let home: MartletHome
    let policy: FetchPolicy
    let importers: [String: ModelImporter]
    let threads: WorkerThreads
    private let network: NetworkClient
    private let index: PackageIndex
    private let hub: HubEndpoint

    init(
        home: MartletHome, network: NetworkClient, policy: FetchPolicy, importers: [String: ModelImporter],
        threads: WorkerThreads
    ) {
        self.home = home
        self.network = network
        self.policy = policy
        self.importers = importers
        self.threads = threads
        index = PackageIndex(network: network, configured: policy.packageIndexURL, threads: threads)
        hub = HubEndpoint(network: network, policy: policy)
    }

    // MARK: What is there

    func folder(of manifest: ModelManifest) -> URL { home.models.appending(path: manifest.id) }

    /// Where unfinished work of a model lives: on the same disk, so that finishing is a rename.
    private func staging(of manifest: ModelManifest) -> URL { home.models.appending(path: ".staging/\(manifest.id)") }

    /// By the receipt; without one, complete files that were put there are hashed once and get theirs.
    func isOnDisk(_ manifest: ModelManifest) async throws -> Bool {
        let folder = folder(of: manifest)
        return try await threads.runCancellable { flag in
            if ModelReceipt(in: folder)?.covers(manifest, in: folder) == true { return true }
            var files: [ModelReceipt.File] = []
            for file in manifest.files {
                let url = folder.appending(path: file.name)
                guard let sha256 = file.sha256, let size = FileDigest.size(of: url), size == file.size ?? size else {
                    return false
                }
                files.append(.init(name: file.name, size: size, sha256: sha256))
            }
            for file in files {
                guard try FileDigest.sha256(folder.appending(path: file.name), flag: flag) == file.sha256 else {
                    return false
                }
            }
            // A folder we may read but not write (a shared one) serves all the same.
            try? ModelReceipt(id: manifest.id, files: files).write(to: folder)
            return true
        }
    }

    func bytesOnDisk(_ manifest: ModelManifest) async throws -> Int64 {
        let folder = folder(of: manifest)
        return try await threads.run {
            manifest.files.reduce(0) { $0 + (FileDigest.size(of: folder.appending(path: $1.name)) ?? 0) }
        }
    }

    func verify(_ manifest: ModelManifest, progress: ProgressHandler?) async throws -> [String] {
        let folder = folder(of: manifest)
        return try await threads.runCancellable { flag in
            let receipt = ModelReceipt(in: folder)
            let sizes = manifest.files.map { FileDigest.size(of: folder.appending(path: $0.name)) ?? 0 }
            let total = Double(sizes.reduce(0, +))
            var before: Int64 = 0
            var faults: [String] = []
            for (file, size) in zip(manifest.files, sizes) {
                let expected = file.sha256 ?? receipt?.files.first { $0.name == file.name }?.sha256
                let url = folder.appending(path: file.name)
                let digest =
                    FileDigest.size(of: url) == nil
                    ? nil
                    : try FileDigest.sha256(url, flag: flag) { done in
                        progress?(
                            ProgressUpdate(
                                stage: "verify", done: Double(before + done), total: total, unit: .bytes, note: file.name))
                    }
                if digest == nil || digest != expected { faults.append(file.name) }
                before += size
            }
            if !faults.isEmpty { unlink(folder.appending(path: ModelReceipt.fileName).path) }
            return faults
        }
    }

    func remove(_ manifest: ModelManifest) async throws {
        let places = [folder(of: manifest), staging(of: manifest)]
        try await threads.run {
            for place in places where FileManager.default.fileExists(atPath: place.path) {
                guard (try? FileManager.default.removeItem(at: place)) != nil else { throw ModelHubError.storageFailed }
            }
        }
    }

    // MARK: Fetching

    func fetch(_ manifest: ModelManifest, progress: @escaping ProgressHandler) async throws {
        if try await isOnDisk(manifest) { return }
        guard !policy.offline else { throw ModelHubError.offline(manifest.id) }
        // Before anything is transferred in vain.
        for source in manifest.files.flatMap(\.sources) {
            if case .imported(let name, _)? = source.parts.first, importers[name] == nil {
                throw ModelHubError.importerMissing(name)
            }
        }
        let deadline = Deadline.after(policy.timeout)
        let (folder, staging) = (folder(of: manifest), staging(of: manifest))
        try await threads.run {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
            } catch {
                throw ModelHubError.storageFailed
            }
        }
        let lock = try await FetchLock.acquire(staging.appending(path: ".lock"), deadline: deadline) {
            progress(
                ProgressUpdate(stage: "download", done: 0, unit: .bytes, note: "another process is fetching this model"))
        }
        defer { withExtendedLifetime(lock) {} }
        // The other process may have done it all.
        if try await isOnDisk(manifest) { return }

        var receipt = ModelReceipt(id: manifest.id, files: try await reusable(manifest))
        try await gather(manifest, into: &receipt, tally: FetchTally(progress: progress), deadline: deadline)
        try await make(manifest, into: &receipt, progress: progress)
        let complete = receipt
        try await threads.run {
            try complete.write(to: folder)
            try? FileManager.default.removeItem(at: staging)
        }
    }

    /// Files that an earlier, unfinished fetch completed.
    private func reusable(_ manifest: ModelManifest) async throws -> [ModelReceipt.File] {
        let folder = folder(of: manifest)
        return try await threads.runCancellable { flag in
            try manifest.files.compactMap { file in
                let url = folder.appending(path: file.name)
                guard let expected = file.sha256, let size = FileDigest.size(of: url), size == file.size ?? size,
                    try FileDigest.sha256(url, flag: flag) == expected
                else { return nil }
                return ModelReceipt.File(name: file.name, size: size, sha256: expected)
            }
        }
    }

    /// Gets every file that has a source elsewhere, going to a file's next source when one fails.
    private func gather(
        _ manifest: ModelManifest, into receipt: inout ModelReceipt, tally: FetchTally, deadline: Deadline
    ) async throws {
        var pending = manifest.files.filter { file in !receipt.files.contains { $0.name == file.name } }
            .filter { $0.sources.contains { !$0.isImport } }
            .map { PendingFile(file: $0, sources: ordered($0.sources.filter { !$0.isImport })) }
        while !pending.isEmpty {
            let round = FetchRound(
                files: pending.compactMap(\.choice), staging: staging(of: manifest), folder: folder(of: manifest),
                network: network, index: index, hub: hub, policy: policy, threads: threads, tally: tally)
            let outcomes = try await round.run(deadline: deadline)
            var next: [PendingFile] = []
            for var file in pending {
                switch outcomes[file.file.name] {
                case .success(let done):
                    receipt.files.append(done)
                case .failure(let error):
                    let report = ErrorReport(error)
                    // A full disk or a broken one stays so at every source.
                    if report.kind == .insufficientStorage || report.kind == .internal { throw error }
                    guard file.advance() else { throw ModelHubError.noSource(file: file.file.name, last: report) }
                    next.append(file)
                case nil:
                    throw ModelHubError.noSource(file: file.file.name, last: ModelHubError.sourceUnreachable.report)
                }
            }
            pending = next
        }
    }

    private func ordered(_ sources: [ModelSource]) -> [ModelSource] {
        let hub = sources.filter(\.isHub)
        let others = sources.filter { !$0.isHub }
        return policy.order == .hubFirst ? hub + others : others + hub
    }

    /// Makes the files that come from other files.
    private func make(_ manifest: ModelManifest, into receipt: inout ModelReceipt, progress: @escaping ProgressHandler)
        async throws
    {
        let (folder, staging) = (folder(of: manifest), staging(of: manifest))
        for file in manifest.files where !receipt.files.contains(where: { $0.name == file.name }) {
            guard case .imported(let name, let origin)? = file.sources.first(where: \.isImport)?.parts.first else { continue }
            guard let importer = importers[name] else { throw ModelHubError.importerMissing(name) }
            progress(ProgressUpdate(stage: "import", done: 0, total: file.size.map(Double.init), unit: .bytes, note: file.name))
            let entry = try await threads.runCancellable { flag in
                let target = staging.appending(path: file.name)
                unlink(target.path)
                do {
                    try importer(folder.appending(path: origin), target)
                } catch {
                    throw ModelHubError.importFailed(file: file.name)
                }
                guard let size = FileDigest.size(of: target) else { throw ModelHubError.importFailed(file: file.name) }
                let digest = try FileDigest.sha256(target, flag: flag)
                guard digest == file.sha256 ?? digest else { throw ModelHubError.importFailed(file: file.name) }
                guard rename(target.path, folder.appending(path: file.name).path) == 0 else {
                    throw ModelHubError.storageFailed
                }
                return ModelReceipt.File(name: file.name, size: size, sha256: digest, source: "import:\(name)/\(origin)")
            }
            receipt.files.append(entry)
        }
    }
}

/// A file still to be had, and the sources not tried yet.
private struct PendingFile {
    let file: ModelFile
    var sources: [ModelSource]

    var choice: FetchRound.Choice? { sources.first.map { .init(file: file, source: $0) } }

    /// - Returns: whether another source is left.
    mutating func advance() -> Bool {
        sources.removeFirst()
        return !sources.isEmpty
    }
}

extension ModelSource {
    var isImport: Bool { if case .imported? = parts.first { true } else { false } }
}
