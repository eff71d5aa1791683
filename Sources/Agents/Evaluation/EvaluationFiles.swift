import Foundation
import Foundations

/// A run's folder: reports for programs and for people, and a file for each sample. Each file appears whole.
struct EvaluationFiles: Sendable {
    let folder: URL
    private static let threads = WorkerThreads(name: "evaluation-files", width: 1)
    static let reportName = "evaluation_report.json"

    /// - Throws: `EvaluationError.storageFailed`.
    func write(_ report: EvaluationReport) async throws {
        try await Self.threads.run {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                for result in report.taskResults {
                    let attempt = report.samplesPerTask == 1 ? "" : "_attempt\(result.attemptNumber)"
                    try put(try encoded(result), "\(EvaluationTask.fileName(of: result.taskID))\(attempt)_result.json")
                }
                try put(Data(EvaluationPage.markdown(report).utf8), "report.md")
                try put(Data(EvaluationPage.html(report).utf8), "report.html")
                // Last: where it is, all is.
                try put(try encoded(report), Self.reportName)
            } catch {
                throw EvaluationError.storageFailed
            }
        }
    }

    private func put(_ data: Data, _ name: String) throws { try data.write(to: folder.appending(path: name), options: .atomic) }

    private func encoded(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value)
    }

    /// The reports at a path: of the file itself, of a run's folder, or of the data sets in an output folder.
    /// - Throws: `EvaluationError.noReport`.
    static func reports(at path: URL) async throws -> [EvaluationReport] {
        try await threads.run {
            let places = [path, path.appending(path: reportName)] + EvaluationDataset.allCases.map { path.appending(path: "\($0.rawValue)/\(reportName)") }
            let reports = places.compactMap { place in
                (try? Data(contentsOf: place)).flatMap { try? JSONDecoder().decode(EvaluationReport.self, from: $0) }
            }
            guard !reports.isEmpty else { throw EvaluationError.noReport }
            return reports
        }
    }
}
