import Foundation

/// What a model's files say of the model as a whole: measured, not declared.
public struct ModelFacts: Sendable, Equatable, Codable {
    public var format: ModelHeader.Format
    public var architecture: String?
    /// Of all files, projector and every expert included.
    public var parameters: Int64
    public var tensors: Int
    public var contextLength: Int?
    public var quantisation: String?
    public var experts: Int?
    public var blocks: Int?
    public var embeddingLength: Int?
    public var cacheBytesPerToken: Int64?
    public var hasProjector: Bool
    /// Bytes of all weights, as the headers declare them.
    public var weightBytes: Int64
    /// Bytes of weights that are declared and not there: more than 0 means a file was cut short.
    public var missingBytes: Int64

    /// Reads the headers of a model's files. Blocks: call it on a worker thread.
    /// - Parameter files: names in `folder`; those of other formats are passed over.
    /// - Returns: `nil` when there is no GGUF or safetensors file.
    /// - Throws: `HeaderError`.
    public static func measure(
        files: [String], in folder: URL, limits: HeaderLimits = HeaderLimits()
    ) throws -> ModelFacts? {
        let weights = files.filter { $0.lowercased().hasSuffix(".gguf") }
        if !weights.isEmpty {
            return combine(try weights.map { try ModelHeader.read(folder.appending(path: $0), limits: limits) })
        }
        guard files.contains(where: { $0.lowercased().hasSuffix(".safetensors") || $0.hasSuffix(SafetensorsFolder.indexSuffix) })
        else { return nil }
        return combine(try SafetensorsFolder(folder: folder, limits: limits).headers(files: files))
    }

    private static func combine(_ headers: [ModelHeader]) -> ModelFacts? {
        // The first file that isn't a projector; of a split model, the one that carries the keys.
        guard let main = headers.first(where: { !$0.isProjector && $0.architecture != nil }) ?? headers.first(where: { !$0.isProjector }) ?? headers.first
        else { return nil }
        func sum(_ path: KeyPath<ModelHeader, Int64>) -> Int64 {
            headers.reduce(0) { sum, header in
                let (value, overflow) = sum.addingReportingOverflow(header[keyPath: path])
                return overflow ? .max : value
            }
        }
        return ModelFacts(
            format: main.format, architecture: main.architecture, parameters: sum(\.parameters),
            tensors: headers.reduce(0) { $0 + $1.tensors }, contextLength: main.contextLength,
            quantisation: main.quantisation, experts: main.experts, blocks: main.blocks,
            embeddingLength: main.embeddingLength, cacheBytesPerToken: main.cacheBytesPerToken,
            hasProjector: headers.contains(where: \.isProjector), weightBytes: sum(\.weightBytes),
            missingBytes: sum(\.missingBytes))
    }
}
