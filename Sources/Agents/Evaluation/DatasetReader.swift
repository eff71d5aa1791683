import Crypto
import Foundation
import Foundations
import ModelHub

/// The tasks of a data set's file, and the file's own fingerprint.
public struct EvaluationTasks: Sendable, Equatable {
    public var tasks: [EvaluationTask]
    /// SHA-256 of the file as it lies there.
    public var fingerprint: String
}

/// Reads the files that the data sets are published in: one JSON object a line, also as `.gz`, or one JSON array. Whatever doesn't
/// fit is refused, with its place: a task that is left out silently would change the score.
public struct DatasetReader: Sendable {
    static let maxBytes = 64 << 20
    static let maxEntryBytes = 1 << 20
    static let maxTasks = 20_000

    private let dataset: EvaluationDataset

    public init(_ dataset: EvaluationDataset) { self.dataset = dataset }

    /// Blocks: call it on a worker thread.
    /// - Throws: `EvaluationError`.
    public func read(_ file: URL) throws -> EvaluationTasks {
        guard let handle = try? FileHandle(forReadingFrom: file), let data = try? handle.read(upToCount: Self.maxBytes + 1) ?? Data() else {
            throw EvaluationError.datasetUnreadable
        }
        return try read(data)
    }

    /// - Throws: `EvaluationError`.
    public func read(_ data: Data) throws -> EvaluationTasks {
        guard data.count <= Self.maxBytes else { throw bad(0, "has more than \(ByteCount.text(Self.maxBytes))") }
        let fingerprint = SHA256Text.hex(SHA256.hash(data: data))
        let content = data.starts(with: [0x1F, 0x8B]) ? try unpacked(data) : data
        let tasks = try entries(content).map { place, entry in try task(entry, place) }
        guard !tasks.isEmpty else { throw bad(0, "holds no tasks") }
        var seen: [String: Int] = [:]
        for (task, place) in zip(tasks, 1...) {
            if let first = seen.updateValue(place, forKey: task.fileName.lowercased()) {
                throw bad(place, "has the same task_id as entry \(first)")
            }
        }
        return EvaluationTasks(tasks: tasks, fingerprint: fingerprint)
    }

    private func unpacked(_ data: Data) throws -> Data {
        var content = Data()
        do {
            let inflater = try Inflater(.gzip)
            try inflater.feed([UInt8](data)) { piece in
                content += piece
                guard content.count <= Self.maxBytes else { throw bad(0, "unpacks to more than \(ByteCount.text(Self.maxBytes))") }
            }
            guard inflater.isFinished else { throw bad(0, "ends early") }
            return content
        } catch is ModelHubError {
            throw bad(0, "is damaged")
        }
    }

    private func entries(_ content: Data) throws -> [(Int, Data)] {
        if content.first(where: { ![9, 10, 13, 32].contains($0) }) == UInt8(ascii: "[") {
            guard let values = (try? JSONDecoder().decode([JSONValue].self, from: content)) else { throw bad(0, "isn't a JSON array") }
            guard values.count <= Self.maxTasks else { throw bad(0, "holds more than \(Self.maxTasks) tasks") }
            return zip(1..., values).map { ($0, $1.encoded()) }
        }
        var entries: [(Int, Data)] = []
        for (place, line) in zip(1..., content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)) {
            if line.allSatisfy({ [9, 13, 32].contains($0) }) { continue }
            guard line.count <= Self.maxEntryBytes else { throw bad(place, "has more than \(ByteCount.text(Self.maxEntryBytes))") }
            guard entries.count < Self.maxTasks else { throw bad(0, "holds more than \(Self.maxTasks) tasks") }
            entries.append((place, Data(line)))
        }
        return entries
    }

    private func task(_ entry: Data, _ place: Int) throws -> EvaluationTask {
        do {
            // Some of MBPP's code has lines as Windows ends them.
            let entry = try JSONDecoder().decode(JSONValue.self, from: entry).withPlainNewlines.encoded()
            let task =
                switch dataset {
                case .humaneval: try JSONDecoder().decode(HumanEvalEntry.self, from: entry).task
                case .mbpp: try JSONDecoder().decode(MBPPEntry.self, from: entry).task
                }
            guard !task.name.isEmpty, task.name.utf8.count <= 100 else { throw bad(place, "has an empty or overlong task_id") }
            guard PythonText.isIdentifier(task.entryPoint) else { throw bad(place, "names no function to test") }
            guard ![task.prompt, task.canonicalSolution, task.setup, task.tests].contains(where: { $0.utf8.contains(0) }) else {
                throw bad(place, "holds a NUL character")
            }
            return task
        } catch let error as EvaluationError {
            throw error
        } catch DecodingError.keyNotFound(let key, _) {
            throw bad(place, "lacks the key \(key.stringValue)")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw bad(place, "has a wrong type at \(context.codingPath.map(\.stringValue).joined(separator: "."))")
        } catch {
            throw bad(place, "isn't a JSON object")
        }
    }

    private func bad(_ place: Int, _ reason: String) -> EvaluationError { .badDataset(place: place, reason: reason) }
}

extension JSONValue {
    fileprivate var withPlainNewlines: JSONValue {
        switch self {
        case .string(let text): .string(text.replacing("\r\n", with: "\n"))
        case .array(let values): .array(values.map(\.withPlainNewlines))
        case .object(let values): .object(values.mapValues(\.withPlainNewlines))
        case .null, .bool, .integer, .number: self
        }
    }
}

private struct HumanEvalEntry: Decodable {
    var task_id: String
    var prompt: String
    var canonical_solution: String
    var test: String
    var entry_point: String

    var task: EvaluationTask {
        EvaluationTask(
            dataset: .humaneval, name: task_id, prompt: prompt, canonicalSolution: canonical_solution, tests: test, entryPoint: entry_point)
    }
}

private struct MBPPEntry: Decodable {
    var task_id: Int
    var text: String?
    /// What the sanitized file has for `text`.
    var prompt: String?
    var code: String
    var test_list: [String]
    var test_setup_code: String?
    var test_imports: [String]?

    var task: EvaluationTask {
        get throws {
            guard let words = text ?? prompt else { throw DecodingError.keyNotFound(AnyKey("text"), .init(codingPath: [], debugDescription: "")) }
            // Which of the names in the first assert is meant, the reference tells.
            let defined = Set(PythonText.definitions(in: code))
            let entryPoint = PythonText.calls(in: test_list.first ?? "").first(where: defined.contains) ?? ""
            return EvaluationTask(
                dataset: .mbpp, name: String(task_id), prompt: words, canonicalSolution: code,
                setup: ((test_imports ?? []) + [test_setup_code ?? ""]).filter { !$0.isEmpty }.joined(separator: "\n"),
                tests: test_list.joined(separator: "\n"), shownTest: test_list.first, entryPoint: entryPoint)
        }
    }
}

private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
