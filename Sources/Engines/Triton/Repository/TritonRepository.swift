import Foundation
import Foundations

/// A folder of models as Triton reads it: `MODEL/config.pbtxt` and `MODEL/VERSION/…`, versions being whole numbers
/// (https://docs.nvidia.com/deeplearning/triton-inference-server, "Model Repository").
///
/// Its calls read and write files: not for the cooperative pool.
public struct TritonRepository: Sendable {
    public let root: URL

    public init(root: URL) { self.root = root }

    private static let configName = "config.pbtxt"

    /// Names of the models, sorted.
    /// - Throws: `RepositoryError.unreadable`.
    public func models() throws -> [String] {
        guard let entries = try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: [.isDirectoryKey])
        else { throw RepositoryError.unreadable }
        return entries.filter(Self.isFolder).map(\.lastPathComponent).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Checks models, and the models that an ensemble among them is made of.
    /// - Parameter names: empty: all.
    /// - Throws: `RepositoryError`.
    public func validate(_ names: [String] = []) throws -> [(model: String, findings: [RepositoryFinding])] {
        let all = try models()
        if let unknown = names.first(where: { !all.contains($0) }) { throw RepositoryError.noSuchModel(unknown) }
        let configs = Dictionary(uniqueKeysWithValues: all.map { ($0, try? config(of: $0)) })
        return (names.isEmpty ? all : names).map { ($0, findings(for: $0, configs)) }
    }

    private func findings(for model: String, _ configs: [String: TextProto?]) -> [RepositoryFinding] {
        let file = "\(model)/\(Self.configName)"
        var findings: [RepositoryFinding] = []
        var config: TextProto?
        do {
            if let found = try self.config(of: model) {
                findings += ModelConfigLint(found, model: model, file: file).findings
                findings += EnsembleLint(found, file: file, models: configs).findings
                config = found
            } else {
                findings.append(
                    RepositoryFinding(
                        severity: .error, code: "config_missing", file: file, line: nil,
                        message: "There is no config.pbtxt in the model's folder. `martlet triton setup \(model)` writes one."))
            }
        } catch let fault as TextProto.Fault {
            findings.append(
                RepositoryFinding(
                    severity: .error, code: "not_text_proto", file: file, line: fault.line,
                    message: "The file can't be read: \(fault.expected) was expected here."))
        } catch {
            findings.append(
                RepositoryFinding(
                    severity: .error, code: "config_unreadable", file: file, line: nil, message: "The file can't be read."))
        }
        return findings + ModelFolderLint(model: model, folder: root.appending(path: model), config: config).findings
    }

    /// - Returns: `nil` when there is none.
    private func config(of model: String) throws -> TextProto? {
        let file = root.appending(path: model).appending(path: Self.configName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { throw RepositoryError.unreadable }
        return try TextProto(parsing: text)
    }

    /// Writes the files of a new model.
    /// - Returns: the files written, relative to the repository.
    /// - Throws: `RepositoryError`.
    public func create(_ template: ModelTemplate, overwriting: Bool = false) throws -> [String] {
        let files = try template.files(in: root)
        if !overwriting, let there = files.first(where: { FileManager.default.fileExists(atPath: root.appending(path: $0.path).path) }) {
            throw RepositoryError.exists(there.path)
        }
        do {
            for file in files {
                let target = root.appending(path: file.path)
                try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: target, options: .atomic)
            }
            for folder in template.folders {
                try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
            }
        } catch {
            throw RepositoryError.unwritable
        }
        return files.map(\.path)
    }

    static func isFolder(_ url: URL) -> Bool {
        (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    }
}

/// What can go wrong with a folder of models.
public enum RepositoryError: ReportableError, Equatable {
    case unreadable
    case unwritable
    case noSuchModel(String)
    /// `file`: relative to the repository.
    case exists(String)
    /// `reason`: a whole sentence.
    case invalidModel(reason: String)

    public var report: ErrorReport {
        switch self {
        case .unreadable:
            ErrorReport(
                .notFound, code: "repository_unreadable",
                "The model repository can't be read. Name its folder with --repository.")
        case .unwritable:
            ErrorReport(
                .insufficientStorage, code: "repository_unwritable",
                "The model repository can't be written to. Check its permissions and the free disk space.")
        case .noSuchModel(let model):
            ErrorReport(
                .notFound, code: "model_not_found", "The repository has no model '\(model.prefix(128))'.", param: "model")
        case .exists(let file):
            ErrorReport(.conflict, code: "file_exists", "\(file) is there already. --force writes over it.")
        case .invalidModel(let reason):
            ErrorReport(.invalidRequest, code: "invalid_model", reason)
        }
    }
}
