import Foundation
import Foundations

/// Writes rows to a file as they come, on a thread that may block.
actor RowWriter {
    nonisolated let file: RowFile
    private let handle: FileHandle
    private let threads = WorkerThreads(name: "rows", width: 1)

    /// Makes the file. Blocks.
    init(_ file: RowFile) throws {
        self.file = file
        guard FileManager.default.createFile(atPath: file.url.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
        handle = try FileHandle(forWritingTo: file.url)
    }

    deinit { try? handle.close() }

    /// - Parameter probabilities: one for each row; empty: no model judged them.
    /// - Throws: `ExpressionError.storageFull`, `.storageFailed`.
    func add(_ rows: [ExpressionRow], probabilities: [Float] = []) async throws {
        let records = rows.enumerated().map { RowFile.Record(row: $1, probability: probabilities.isEmpty ? .nan : probabilities[$0]) }
        let (file, handle) = (file, handle)
        try await threads.run {
            do {
                try handle.write(contentsOf: file.encoded(records))
            } catch {
                throw ExpressionError(writing: error)
            }
        }
    }
}
