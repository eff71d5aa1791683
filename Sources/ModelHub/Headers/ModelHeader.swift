import Foundation

/// What one model file says of itself. Only its header is read, never its weights.
public struct ModelHeader: Sendable, Equatable {
    public enum Format: String, Sendable, Codable { case gguf, safetensors }

    public var format: Format
    /// `llama`, `qwen3moe`, `clip`, …; GGUF only.
    public var architecture: String?
    public var name: String?
    /// Elements of all tensors. Every expert of a mixture counts.
    public var parameters: Int64 = 0
    public var tensors = 0
    /// The longest context the model was made for.
    public var contextLength: Int?
    /// What the file declares (`Q4_K_M`), else the type that most elements have.
    public var quantisation: String?
    public var experts: Int?
    public var blocks: Int?
    public var embeddingLength: Int?
    /// Bytes that one token of context takes in the attention cache at 16 bits a number.
    public var cacheBytesPerToken: Int64?
    /// Whether this is the part of a vision or audio model that turns media into embeddings.
    public var isProjector = false
    /// Bytes of the tensors, as the header declares them.
    public var weightBytes: Int64 = 0
    /// Bytes of weights that the header declares and the file doesn't have.
    public var missingBytes: Int64 = 0

    init(format: Format) { self.format = format }

    /// Reads a file's header. Blocks: call it on a worker thread.
    /// - Throws: `HeaderError`.
    public static func read(_ file: URL, limits: HeaderLimits = HeaderLimits()) throws -> ModelHeader {
        do {
            var bytes = try HeaderBytes(file, limit: limits.maxBytes)
            defer { bytes.close() }
            if file.pathExtension.lowercased() == "safetensors" {
                return try SafetensorsHeader(limits: limits).read(&bytes)
            }
            return try GGUFHeader(limits: limits).read(&bytes)
        } catch {
            throw error.error(file: file.lastPathComponent)
        }
    }
}

/// Adds up sizes that a file declares, refusing what no file can hold.
struct ElementTally {
    private(set) var elements: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private var elementsByType: [String: UInt64] = [:]

    static func product(_ dimensions: some Sequence<UInt64>) throws(HeaderFault) -> UInt64 {
        var product: UInt64 = 1
        for dimension in dimensions {
            let (value, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard !overflow, value <= UInt64(Int64.max) else { throw .malformed("a tensor is impossibly large") }
            product = value
        }
        return product
    }

    mutating func add(elements count: UInt64, bytes size: UInt64, type: String) throws(HeaderFault) {
        let (elements, first) = self.elements.addingReportingOverflow(count)
        let (bytes, second) = self.bytes.addingReportingOverflow(size)
        guard !first, !second, elements <= UInt64(Int64.max), bytes <= UInt64(Int64.max) else {
            throw .malformed("its tensors are impossibly large")
        }
        self.elements = elements
        self.bytes = bytes
        elementsByType[type, default: 0] += count
    }

    /// The type of most elements; of equals, the first by name.
    var dominantType: String? { elementsByType.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
}
