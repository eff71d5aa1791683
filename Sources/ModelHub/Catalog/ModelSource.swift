import Foundation

/// Where a file comes from: one part, or several parts whose bytes follow one another.
///
/// In text, one string per part (a list of strings for several):
/// - `pypi:<package>==<version>/<path in the wheel>#archive=<file name>&sha256=<of the archive>&size=<of the archive>`
/// - `hf:<owner>/<repository>/<path>@<revision>`
/// - `https://…` (also `http://` on loopback, for tests of one's own mirror)
/// - `file:///…`
/// - `import:<importer>/<name of another file of the model>`
public struct ModelSource: Sendable, Equatable {
    public enum Part: Sendable, Equatable {
        case pypi(PackageMember)
        case hub(HubFile)
        case web(String)
        case file(String)
        /// Made on this machine from another file of the same model.
        case imported(importer: String, from: String)
    }

    public var parts: [Part]

    public init(parts: [Part]) { self.parts = parts }

    var isHub: Bool { parts.contains { if case .hub = $0 { true } else { false } } }
}

/// A file inside a wheel of the Python package index.
public struct PackageMember: Sendable, Equatable {
    public var package: String
    public var version: String
    public var member: String
    public var archive: PackageArchive

    public init(package: String, version: String, member: String, archive: PackageArchive) {
        self.package = package
        self.version = version
        self.member = member
        self.archive = archive
    }
}

/// A pinned wheel.
public struct PackageArchive: Sendable, Hashable {
    public var name: String
    public var sha256: String
    public var size: Int64

    public init(name: String, sha256: String, size: Int64) {
        self.name = name
        self.sha256 = sha256
        self.size = size
    }
}

/// A file of a model repository at a hub.
public struct HubFile: Sendable, Equatable {
    public var repository: String
    public var path: String
    public var revision: String

    public init(_ repository: String, _ path: String, revision: String = "main") {
        self.repository = repository
        self.path = path
        self.revision = revision
    }
}

extension ModelSource: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let texts: [String]
        if let text = try? container.decode(String.self) {
            texts = [text]
        } else {
            texts = try container.decode([String].self)
        }
        parts = try texts.map { text in
            guard let part = Part(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "'\(text)' isn't a source: pypi:…, hf:…, https://…, file:///… or import:…")
            }
            return part
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if parts.count == 1 {
            try container.encode(parts[0].description)
        } else {
            try container.encode(parts.map(\.description))
        }
    }
}

extension ModelSource.Part: CustomStringConvertible {
    /// Reads the text form; `nil` when it isn't one.
    public init?(_ text: String) {
        if let rest = text.dropping(prefix: "pypi:") {
            guard let member = PackageMember(rest) else { return nil }
            self = .pypi(member)
        } else if let rest = text.dropping(prefix: "hf:") {
            guard let file = HubFile(rest) else { return nil }
            self = .hub(file)
        } else if let rest = text.dropping(prefix: "import:") {
            let pieces = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2, !pieces[0].isEmpty, !pieces[1].isEmpty else { return nil }
            self = .imported(importer: String(pieces[0]), from: String(pieces[1]))
        } else if let rest = text.dropping(prefix: "file://") {
            guard rest.hasPrefix("/") else { return nil }
            self = .file(rest)
        } else if text.hasPrefix("https://") || text.hasPrefix("http://127.0.0.1:") || text.hasPrefix("http://localhost:") {
            self = .web(text)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .pypi(let member): "pypi:\(member.description)"
        case .hub(let file): "hf:\(file.description)"
        case .web(let url): url
        case .file(let path): "file://\(path)"
        case .imported(let importer, let origin): "import:\(importer)/\(origin)"
        }
    }
}

extension PackageMember: CustomStringConvertible {
    init?(_ text: String) {
        let halves = text.split(separator: "#", maxSplits: 1)
        guard halves.count == 2, let slash = halves[0].firstIndex(of: "/") else { return nil }
        let requirement = halves[0][..<slash].components(separatedBy: "==")
        let member = String(halves[0][halves[0].index(after: slash)...])
        var pins: [String: String] = [:]
        for pin in halves[1].split(separator: "&") {
            let pair = pin.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            pins[String(pair[0])] = String(pair[1])
        }
        guard requirement.count == 2, !requirement[0].isEmpty, !requirement[1].isEmpty, !member.isEmpty,
            let name = pins["archive"], ModelManifest.isPlainName(name.lowercased()),
            let sha256 = pins["sha256"], SHA256Text.isValid(sha256),
            let size = pins["size"].flatMap({ Int64($0) }), size > 0
        else { return nil }
        self.init(
            package: requirement[0], version: requirement[1], member: member,
            archive: PackageArchive(name: name, sha256: sha256, size: size))
    }

    public var description: String {
        "\(package)==\(version)/\(member)#archive=\(archive.name)&sha256=\(archive.sha256)&size=\(archive.size)"
    }
}

extension HubFile: CustomStringConvertible {
    init?(_ text: String) {
        let halves = text.split(separator: "@", maxSplits: 1)
        let pieces = halves.first?.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false) ?? []
        guard pieces.count == 3, pieces.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(
            "\(pieces[0])/\(pieces[1])", String(pieces[2]), revision: halves.count == 2 ? String(halves[1]) : "main")
    }

    public var description: String { "\(repository)/\(path)@\(revision)" }
}

/// The text form of a SHA-256.
package enum SHA256Text {
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    package static func hex(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
