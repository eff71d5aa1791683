import Engines
import Foundation
import Foundations

/// Converts the original system's artifacts (a PyTorch checkpoint, joblib files: pickles, which can hold programs) to a model folder.
///
/// They are never opened in this process: a script of ours reads them, with readers that build nothing but numbers, in a sandbox without
/// network and without the machine's files.
public struct TabRImport: Sendable {
    /// What was converted.
    public struct Summary: Sendable, Equatable {
        public var features: Int
        public var contextRows: Int
        public var neighbours: Int
        public var isSynthetic: Bool
        public var hasLandmarks: Bool
    }

    private let home: MartletHome
    private let threads = WorkerThreads(name: "import", width: 1)
    private static let timeout: Duration = .seconds(600)
    private static let memory = 8 << 30
    private static let landmarks = "shape_predictor_68_face_landmarks.dat"

    public init(home: MartletHome) { self.home = home }

    /// - Parameters:
    ///   - source: the folder with the original's files.
    ///   - target: the model folder to make; it must not be there yet, or be empty.
    ///   - note: told what goes on.
    /// - Throws: `ExpressionError.importFailed`, `.sandboxMissing`.
    public func run(from source: URL, to target: URL, note: @escaping @Sendable (String) -> Void) async throws -> Summary {
        guard Sandbox.isAvailable() else { throw ExpressionError.sandboxMissing }
        let source = source.resolvingSymlinksInPath()
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: source.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw ExpressionError.importFailed(reason: "The source folder isn't there.")
        }
        if let there = try? manager.contentsOfDirectory(atPath: target.path), !there.isEmpty {
            throw ExpressionError.importFailed(reason: "The target folder isn't empty.")
        }
        let python = try await environment(note)
        let work = target.deletingLastPathComponent().appending(path: ".import-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? manager.removeItem(at: work) }
        let (made, script) = (work.appending(path: "model"), work.appending(path: "convert.py"))
        do {
            try manager.createDirectory(at: made, withIntermediateDirectories: true)
            try Data(PackageResources.convert_py).write(to: script)
        } catch {
            throw ExpressionError.importFailed(reason: "The target folder can't be written.")
        }
        note("Converting, in a sandbox")
        var limits = SandboxLimits()
        (limits.wallClock, limits.cpu, limits.memory) = (Self.timeout, Self.timeout * 8, Self.memory)
        limits.fileSize = 8 << 30
        let sandbox = Sandbox(
            mounts: [
                .init(source.path, at: "/source"), .init(made.path, at: "/target", isWritable: true), .init(script.path, at: "/convert.py"),
                .init(python.path, at: python.path),
            ], limits: limits)
        let command = [python.appending(path: "bin/python").path, "-I", "/convert.py", "/source", "/target"]
        let result: SandboxResult
        do { result = try await sandbox.run(command) } catch is SandboxError { throw ExpressionError.sandboxMissing }
        guard result.succeeded else { throw ExpressionError.importFailed(reason: Self.reason(result)) }
        return try finish(result, source: source, made: made, target: target)
    }

    private static func reason(_ result: SandboxResult) -> String {
        if result.ending == .timeLimit { return "Converting took longer than \(Int(timeout / .seconds(1))) s." }
        let line = result.errorText.split(separator: "\n").last { $0.hasPrefix("error: ") }
        guard let line else { return "The converter ended unexpectedly (code \(result.code))." }
        let text = String(line.dropFirst("error: ".count))
        return text.hasSuffix(".") ? text : text + "."
    }

    private func finish(_ result: SandboxResult, source: URL, made: URL, target: URL) throws -> Summary {
        let manager = FileManager.default
        guard let line = result.outputText.split(separator: "\n").last, let facts = try? JSONValue(parsing: Data(line.utf8)) else {
            throw ExpressionError.importFailed(reason: "The converter said nothing of what it made.")
        }
        let landmarks = source.appending(path: Self.landmarks)
        let hasLandmarks = manager.isReadableFile(atPath: landmarks.path)
        do {
            // Whatever the sandbox made, only plain files of these names are taken.
            for name in try manager.contentsOfDirectory(atPath: made.path) {
                let isPlain = try made.appending(path: name).resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
                let isKnown = ["model.safetensors", "context.safetensors", "model.json", Self.landmarks].contains(name)
                if !isPlain || !isKnown { try manager.removeItem(at: made.appending(path: name)) }
            }
            let copy = made.appending(path: Self.landmarks)
            if hasLandmarks, !manager.fileExists(atPath: copy.path) { try manager.copyItem(at: landmarks.resolvingSymlinksInPath(), to: copy) }
            if manager.fileExists(atPath: target.path) { try manager.removeItem(at: target) }
            try manager.moveItem(at: made, to: target)
        } catch {
            throw ExpressionError.importFailed(reason: "The target folder can't be written.")
        }
        // What was made must be what is served.
        do {
            let model = try TabRModel(folder: target)
            return Summary(
                features: model.facts.features.count, contextRows: facts["context_rows"]?.intValue ?? 0, neighbours: model.facts.neighbours,
                isSynthetic: model.facts.isSynthetic, hasLandmarks: hasLandmarks)
        } catch let fault as SafetensorsFile.Fault {
            throw ExpressionError.importFailed(reason: fault.reason)
        }
    }

    /// Python with what the converter needs, pinned by hash; made on first use.
    private func environment(_ note: @escaping @Sendable (String) -> Void) async throws -> URL {
        let folder = home.root.appending(path: "python-import")
        let stamp = folder.appending(path: "ready")
        let requirements = Data(PackageResources.requirements_txt)
        return try await threads.run {
            if (try? Data(contentsOf: stamp)) == requirements { return folder }
            note("Preparing a Python environment, once")
            try? FileManager.default.removeItem(at: folder)
            let list = folder.appending(path: "requirements.txt")
            let failed = ExpressionError.importFailed(
                reason: "The Python environment for the converter can't be made. It needs python3-venv (Debian) and PyPI, once.")
            guard Self.call(["/usr/bin/python3", "-m", "venv", folder.path]), (try? requirements.write(to: list)) != nil,
                Self.call([
                    folder.appending(path: "bin/python").path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
                    "--only-binary", ":all:", "--require-hashes", "-r", list.path,
                ]), (try? requirements.write(to: stamp)) != nil
            else { throw failed }
            return folder
        }
    }

    private static func call(_ command: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        let identifier = process.processIdentifier
        let end = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeout / .seconds(1), execute: end)
        process.waitUntilExit()
        end.cancel()
        return process.terminationStatus == 0
    }
}
