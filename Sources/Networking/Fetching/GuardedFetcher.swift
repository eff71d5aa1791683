import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore

/// Fetches URLs that strangers give, without letting them reach what only this machine can reach.
///
/// Each hop (the URL itself, every redirect) is taken apart, its host resolved once, *all* its addresses judged, and the
/// connection pinned to a judged address: what was checked is what is connected to. Environment proxies aren't used, as
/// they would resolve anew. Bytes, redirects and time are bounded; nothing half-fetched is left behind.
public struct GuardedFetcher: Sendable {
    private let resolver: HostResolver
    private let exceptions: Set<IPAddress>
    private let threads = WorkerThreads(name: "fetch", width: 4)

    public init() {
        resolver = HostResolver()
        exceptions = []
    }

    /// For tests: a resolver of its own, and addresses let through beside the policy.
    package init(resolver: HostResolver, exceptions: Set<IPAddress>) {
        self.resolver = resolver
        self.exceptions = exceptions
    }

    /// - Parameters:
    ///   - directory: gets the file under a random name; made when it doesn't exist.
    ///   - progress: stage `fetch`, in bytes.
    /// - Throws: `NetworkError`, or `CancellationError`. No file remains.
    public func fetch(
        _ url: String, into directory: URL, configuration: FetchConfiguration, deadline: Deadline,
        progress: ProgressHandler? = nil
    ) async throws -> FetchedFile {
        let target = directory.appending(path: "fetch-\(UUID().uuidString.lowercased())")
        do {
            return try await withDeadline(deadline.capped(at: configuration.timeout), waitingFor: "the file") {
                try await follow(
                    try FetchURL(url), into: target, configuration: configuration,
                    deadline: deadline.capped(at: configuration.timeout), progress: progress)
            }
        } catch {
            // Also when the time ran out just after the last byte. Unlinking doesn't wait for the disk.
            unlink(Self.partial(of: target).path)
            unlink(target.path)
            if error is DeadlineExceeded { throw NetworkError.timeout }
            throw error
        }
    }

    private static func partial(of target: URL) -> URL {
        target.deletingLastPathComponent().appending(path: "." + target.lastPathComponent + ".part")
    }

    private func follow(
        _ start: FetchURL, into target: URL, configuration: FetchConfiguration, deadline: Deadline,
        progress: ProgressHandler?
    ) async throws -> FetchedFile {
        var url = start
        for _ in 0...max(0, configuration.maxRedirects) {
            let outcome = try await hop(
                url, into: target, configuration: configuration, deadline: deadline, progress: progress)
            switch outcome {
            case .file(let file): return file
            case .redirect(let location): url = try url.redirected(to: location)
            }
        }
        throw NetworkError.tooManyRedirects(limit: configuration.maxRedirects)
    }

    private enum Outcome {
        case file(FetchedFile)
        case redirect(String)
    }

    /// One request to one address; the next address when a connection fails.
    private func hop(
        _ url: FetchURL, into target: URL, configuration: FetchConfiguration, deadline: Deadline,
        progress: ProgressHandler?
    ) async throws -> Outcome {
        var policy = AddressPolicy(allowPrivateAddresses: configuration.allowPrivateAddresses)
        policy.exceptions = exceptions
        let addresses = try await resolver.addresses(of: url.host)
        // One bad address spoils the host: names that mix public and private addresses are made for rebinding.
        for address in addresses {
            if case .refused(let refusal) = policy.verdict(for: address) { throw NetworkError.addressRefused(refusal) }
        }
        var failure: any Error = NetworkError.hostNotFound
        for address in addresses.prefix(3) {
            let client = Self.client(for: url, pinnedTo: address)
            do {
                let response = try await client.send(
                    NetworkRequest("GET", url.description, headers: [("Accept", "*/*"), ("Accept-Encoding", "identity")]),
                    deadline: deadline)
                let outcome = try await receive(
                    response, from: url, into: target, configuration: configuration, progress: progress)
                try? await client.shutdown()
                return outcome
            } catch NetworkError.connectionFailed {
                try? await client.shutdown()
                failure = NetworkError.connectionFailed
            } catch {
                try? await client.shutdown()
                throw error
            }
        }
        throw failure
    }

    private static func client(for url: FetchURL, pinnedTo address: IPAddress) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(30)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // The library looks hosts up as the URL writes them; IPv6 literals keep their brackets there.
        let key = url.host.contains(":") ? "[\(url.host)]" : url.host
        configuration.dnsOverride = [key: address.description]
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private func receive(
        _ response: NetworkResponse, from url: FetchURL, into target: URL, configuration: FetchConfiguration,
        progress: ProgressHandler?
    ) async throws -> Outcome {
        switch response.status {
        case 200: break
        case 301, 302, 303, 307, 308:
            guard let location = response.header("Location") else {
                throw NetworkError.redirectRefused(reason: "names no address")
            }
            return .redirect(location)
        default: throw NetworkError.status(response.status)
        }
        if let encoding = response.header("Content-Encoding"), encoding.lowercased() != "identity" {
            throw NetworkError.encodedBody
        }
        let limit = Int64(configuration.maxBytes)
        if let announced = response.contentLength, announced > limit {
            throw NetworkError.tooLarge(limit: limit, announced: announced)
        }
        return .file(try await store(response, from: url, into: target, limit: limit, progress: progress))
    }

    private func store(
        _ response: NetworkResponse, from url: FetchURL, into target: URL, limit: Int64, progress: ProgressHandler?
    ) async throws -> FetchedFile {
        let announced = response.contentLength
        let file = try await threads.run {
            let directory = target.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try DiskSpace.require(announced ?? 0, at: directory)
            return try OutputFile(Self.partial(of: target), truncating: true)
        }
        let bytes = try await write(response, to: file, limit: limit, progress: progress)
        try await threads.run { try file.finish(as: target) }
        return FetchedFile(
            file: target, bytes: bytes, contentType: response.header("Content-Type"), finalURL: url.description)
    }

    private func write(
        _ response: NetworkResponse, to file: OutputFile, limit: Int64, progress: ProgressHandler?
    ) async throws -> Int64 {
        let announced = response.contentLength
        var received: Int64 = 0
        var pending: [UInt8] = []
        var sinceSpaceCheck: Int64 = 0

        func flush() async throws {
            let bytes = pending
            pending.removeAll(keepingCapacity: true)
            sinceSpaceCheck += Int64(bytes.count)
            let checksSpace = sinceSpaceCheck >= 32 << 20
            if checksSpace { sinceSpaceCheck = 0 }
            try await threads.run {
                // An unannounced length is checked as it grows.
                if checksSpace { try DiskSpace.require(0, at: file.url.deletingLastPathComponent()) }
                try file.append(bytes)
            }
            progress?(
                ProgressUpdate(stage: "fetch", done: Double(received), total: announced.map(Double.init), unit: .bytes))
        }

        do {
            for try await chunk in response.body {
                received += Int64(chunk.count)
                guard received <= limit else { throw NetworkError.tooLarge(limit: limit, announced: nil) }
                pending += chunk
                if pending.count >= 1 << 20 { try await flush() }
            }
        } catch NetworkError.truncated, NetworkError.connectionFailed {
            throw NetworkError.truncated(received: received, announced: announced)
        }
        try await flush()
        if let announced, announced != received {
            throw NetworkError.truncated(received: received, announced: announced)
        }
        return received
    }
}
