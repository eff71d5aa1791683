import CFiles
import Foundation
import Foundations

/// The folder that an agent works in. Nothing that it asks for leads out of it, whatever links lie in there and whoever exchanges them
/// meanwhile: every path is opened by the kernel below the folder.
public struct Workspace: Sendable {
    /// A file or folder of a listing.
    public struct Item: Sendable, Equatable {
        public var path: String
        public var isFolder: Bool
        /// Bytes, of a file.
        public var size: Int
    }

    /// The folder on the machine, as an absolute path without links.
    public let root: String
    private let folder: Folder
    private static let threads = WorkerThreads(name: "workspace", width: 4)
    /// Where commands in the sandbox see it.
    public static let mountPoint = "/workspace"
    /// Bytes of a file that is read or written whole.
    public static let maxFileSize = 1 << 20
    /// What nobody looks for: folders with more files than all others together.
    private static let skipped: Set<String> = [".git", "node_modules", ".build", "__pycache__", ".venv", "target"]
    private static let maxItems = 2000
    private static let maxDepth = 12

    /// - Throws: `WorkspaceError.unusable`.
    public init(_ path: String) throws {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let descriptor = open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WorkspaceError.unusable }
        root = resolved
        folder = Folder(descriptor: descriptor)
    }

    /// - Throws: `WorkspaceError`.
    public func read(_ path: String) async throws -> String { try await Self.threads.run { try readNow(path) } }

    /// Writes a whole file; folders on the way are made. A crash leaves the old file or the new one.
    /// - Throws: `WorkspaceError`.
    public func write(_ path: String, _ text: String) async throws { try await Self.threads.run { try writeNow(path, text) } }

    /// What lies below a folder, nearest first; hidden tool folders (`.git`, `node_modules`, …) aren't entered.
    /// - Parameter isDeep: also what lies in folders below it.
    /// - Returns: 2000 items at most.
    /// - Throws: `WorkspaceError`.
    public func items(in path: String = ".", isDeep: Bool) async throws -> [Item] {
        try await Self.threads.run { try itemsNow(in: path, isDeep: isDeep) }
    }

    /// The texts that lie here now, to tell later what changed. Folders and files that nobody writes by hand are left out.
    /// - Throws: `WorkspaceError`.
    public func snapshot() async throws -> WorkspaceSnapshot {
        try await reduce(in: ".", WorkspaceSnapshot()) { snapshot, path, text in snapshot.add(path, text) }
    }

    /// What isn't as it was, a diff a file, in the order of their paths.
    /// - Throws: `WorkspaceError`.
    public func changes(since old: WorkspaceSnapshot) async throws -> [FileDiff] {
        let new = try await snapshot()
        return Set(old.texts.keys).union(new.texts.keys).sorted().compactMap { path in
            // What one of the two left out for want of room says nothing.
            if old.isCut && old.texts[path] == nil || new.isCut && new.texts[path] == nil { return nil }
            return FileDiff(path: path, old: old.texts[path], new: new.texts[path])
        }
    }

    /// Gathers something of the text files below a folder, one after the other.
    /// - Parameter visit: given what was gathered so far, a path and its text. Says whether to go on.
    func reduce<T: Sendable>(in path: String, _ start: T, _ visit: @escaping @Sendable (inout T, String, String) -> Bool) async throws -> T {
        try await Self.threads.run {
            var gathered = start
            for item in try itemsNow(in: path, isDeep: true) where !item.isFolder && item.size <= Self.maxFileSize {
                guard let text = try? readNow(item.path) else { continue }
                if !visit(&gathered, item.path, text) { break }
            }
            return gathered
        }
    }

    private func readNow(_ path: String) throws -> String {
        // Without waiting: nobody may have opened the other end of a pipe.
        let descriptor = try opened(path, O_RDONLY | O_NONBLOCK)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let status = try Self.status(descriptor, path)
        guard status.isFile else { throw WorkspaceError.notAFile(path: path) }
        guard status.size <= Self.maxFileSize, let data = try? file.read(upToCount: Self.maxFileSize + 1) ?? Data(), data.count <= Self.maxFileSize
        else { throw WorkspaceError.tooLarge(path: path, limit: Self.maxFileSize) }
        guard let text = String(data: data, encoding: .utf8), !data.contains(0) else { throw WorkspaceError.notText(path: path) }
        return text
    }

    private func writeNow(_ path: String, _ text: String) throws {
        let data = Data(text.utf8)
        guard data.count <= Self.maxFileSize else { throw WorkspaceError.tooLarge(path: path, limit: Self.maxFileSize) }
        let path = try relative(path)
        var parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard let name = parts.popLast(), name != "..", !path.hasPrefix("/") else { throw WorkspaceError.outside(path: path) }
        var directory = try opened(".", O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        var walked: [String] = []
        for part in parts {
            walked.append(part)
            let next = try entered(walked.joined(separator: "/"), part, in: directory)
            close(directory)
            directory = next
        }
        try replace(name, in: directory, with: data, path)
    }

    /// A folder on the way to a file, made where it isn't there.
    private func entered(_ walked: String, _ part: String, in directory: Int32) throws -> Int32 {
        do { return try opened(walked, O_RDONLY | O_DIRECTORY) } catch WorkspaceError.missing {
            guard mkdirat(directory, part, 0o755) == 0 || errno == EEXIST else { throw WorkspaceError.notWritable(path: walked) }
            return try opened(walked, O_RDONLY | O_DIRECTORY)
        }
    }

    /// The new file takes the old one's place by its name: a link of that name is replaced, not followed.
    private func replace(_ name: String, in directory: Int32, with data: Data, _ path: String) throws {
        var old = stat()
        let isThere = fstatat(directory, name, &old, AT_SYMLINK_NOFOLLOW) == 0
        if isThere, old.st_mode & S_IFMT == S_IFDIR { throw WorkspaceError.notAFile(path: path) }
        let temporary = ".martlet-\(UUID().uuidString)"
        let descriptor = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, isThere ? old.st_mode & 0o777 : 0o644)
        guard descriptor >= 0 else { throw WorkspaceError.notWritable(path: path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: data)
            try file.synchronize()
        } catch {
            unlinkat(directory, temporary, 0)
            throw WorkspaceError.notWritable(path: path)
        }
        guard renameat(directory, temporary, directory, name) == 0 else {
            unlinkat(directory, temporary, 0)
            throw WorkspaceError.notWritable(path: path)
        }
    }

    private func itemsNow(in path: String, isDeep: Bool) throws -> [Item] {
        var found: [Item] = []
        var waiting = [(path: path == "" ? "." : path, depth: 0)]
        while !waiting.isEmpty, found.count < Self.maxItems {
            let (folder, depth) = waiting.removeFirst()
            let names: [String]
            do { names = try entries(of: folder) } catch where depth > 0 { continue }
            for name in names where found.count < Self.maxItems {
                let path = folder == "." ? name : "\(folder)/\(name)"
                let descriptor = martlet_look_beneath(self.folder.descriptor, path)
                guard descriptor >= 0 else { continue }
                defer { close(descriptor) }
                guard let status = try? Self.status(descriptor, path), status.isFile || status.isFolder else { continue }
                found.append(Item(path: path, isFolder: status.isFolder, size: status.isFolder ? 0 : status.size))
                if isDeep, status.isFolder, depth < Self.maxDepth, !Self.skipped.contains(name) { waiting.append((path, depth + 1)) }
            }
        }
        return found
    }

    private func entries(of path: String) throws -> [String] {
        let descriptor = try opened(path, O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            throw WorkspaceError.notAFolder(path: path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private func opened(_ path: String, _ flags: Int32) throws -> Int32 {
        let path = try relative(path)
        let descriptor = martlet_open_beneath(folder.descriptor, path, flags, 0)
        switch -descriptor {
        case ..<1: return descriptor
        case EXDEV, ELOOP: throw WorkspaceError.outside(path: path)
        case ENOTDIR: throw WorkspaceError.notAFolder(path: path)
        case ENOENT: throw WorkspaceError.missing(path: path)
        default: throw WorkspaceError.unusable
        }
    }

    /// People and models write absolute paths of the workspace too, as the machine or as the sandbox names it.
    func relative(_ path: String) throws -> String {
        if path.contains("\0") { throw WorkspaceError.outside(path: path.replacingOccurrences(of: "\0", with: "")) }
        for root in [root, Self.mountPoint] where path == root || path.hasPrefix(root + "/") {
            let rest = path.dropFirst(root.count).drop { $0 == "/" }
            return rest.isEmpty ? "." : String(rest)
        }
        return path.isEmpty ? "." : path
    }

    private static func status(_ descriptor: Int32, _ path: String) throws -> (isFile: Bool, isFolder: Bool, size: Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw WorkspaceError.missing(path: path) }
        let kind = status.st_mode & S_IFMT
        return (kind == S_IFREG, kind == S_IFDIR, Int(status.st_size))
    }
}

/// Keeps the folder open as long as somebody works in it.
private final class Folder: Sendable {
    let descriptor: Int32
    init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
}
