import Foundation
import Foundations

/// A model in safetensors files: one, or several with an index, beside a `config.json` that names the architecture.
struct SafetensorsFolder {
    let folder: URL
    let limits: HeaderLimits

    static let indexSuffix = ".safetensors.index.json"

    /// The headers of all shards; the configuration's facts are put to the first.
    /// - Throws: `HeaderError`.
    func headers(files: [String]) throws -> [ModelHeader] {
        let configuration = try configuration(files)
        var shards = files.filter { $0.lowercased().hasSuffix(".safetensors") }
        if let index = files.first(where: { $0.hasSuffix(Self.indexSuffix) }) {
            // The index says what belongs to the model, also when the list of files doesn't.
            shards = try self.shards(index)
        }
        var headers = try shards.map { name in
            let file = folder.appending(path: name)
            do {
                var bytes = try HeaderBytes(file, limit: limits.maxBytes)
                defer { bytes.close() }
                let bits = Self.number(configuration["quantization_config"]?["bits"])
                return try SafetensorsHeader(
                    limits: limits, packedBits: bits.flatMap { (2...8).contains($0) ? UInt64($0) : nil }
                ).read(&bytes)
            } catch let fault as HeaderFault {
                throw fault.error(file: name)
            }
        }
        if !headers.isEmpty { describe(&headers[0], configuration) }
        return headers
    }

    /// The files that an index names.
    private func shards(_ index: String) throws -> [String] {
        do {
            var scanner = JSONScanner(
                bytes: try HeaderBytes(folder.appending(path: index), limit: limits.maxBytes), maxDepth: limits.maxDepth)
            defer { scanner.bytes.close() }
            var names: Set<String> = []
            let limits = limits
            try scanner.object(maxKeyBytes: 256) { scanner, key throws(HeaderFault) in
                guard key == "weight_map" else { return try scanner.skip(depth: 2) }
                try scanner.object(maxKeyBytes: limits.maxNameBytes) { scanner, _ throws(HeaderFault) in
                    let name = try scanner.text(maxBytes: 256)
                    guard ModelManifest.isPlainName(name.lowercased()) else {
                        throw .malformed("it names a file outside its folder")
                    }
                    names.insert(name)
                    guard names.count <= limits.maxShards else { throw .beyondLimit("more than \(limits.maxShards) files") }
                }
            }
            guard !names.isEmpty else { throw HeaderFault.malformed("it names no files") }
            return names.sorted()
        } catch let fault as HeaderFault {
            throw fault.error(file: index)
        }
    }

    /// `config.json`, where there is one.
    private func configuration(_ files: [String]) throws -> JSONValue {
        let name = "config.json"
        let file = folder.appending(path: name)
        guard files.contains(name) || FileDigest.size(of: file) != nil else { return [:] }
        do {
            // Walked through first: a parser that recurses isn't given text of unknown depth.
            var scanner = JSONScanner(
                bytes: try HeaderBytes(file, limit: limits.maxConfigurationBytes), maxDepth: limits.maxDepth)
            defer { scanner.bytes.close() }
            guard scanner.bytes.fileSize <= UInt64(limits.maxConfigurationBytes) else {
                throw HeaderFault.beyondLimit("it is longer than \(limits.maxConfigurationBytes) bytes")
            }
            try scanner.skip()
            guard let data = try? Data(contentsOf: file), data.count <= limits.maxConfigurationBytes,
                let value = try? JSONValue(parsing: data)
            else { throw HeaderFault.malformed("its JSON is broken") }
            return value
        } catch let fault as HeaderFault {
            throw fault.error(file: name)
        }
    }

    private func describe(_ header: inout ModelHeader, _ configuration: JSONValue) {
        // Models that see or hear keep the language model's figures one level down.
        let text = configuration["text_config"] ?? configuration
        func number(_ keys: String...) -> Int? {
            keys.lazy.compactMap { Self.number(text[$0]) ?? Self.number(configuration[$0]) }.first
        }
        header.architecture = configuration["model_type"]?.stringValue ?? configuration["architectures"]?.arrayValue?.first?.stringValue
        header.contextLength = number("max_position_embeddings", "n_positions")
        header.blocks = number("num_hidden_layers", "n_layer")
        header.embeddingLength = number("hidden_size", "n_embd")
        header.experts = number("num_experts", "num_local_experts", "n_routed_experts")
        if let heads = number("num_key_value_heads", "num_attention_heads"), let blocks = header.blocks,
            let width = number("head_dim") ?? header.embeddingLength.flatMap({ size in
                number("num_attention_heads").flatMap { $0 > 0 ? size / $0 : nil }
            })
        {
            header.cacheBytesPerToken = try? Int64(
                clamping: ElementTally.product([UInt64(heads), UInt64(blocks), UInt64(width), 4]))
        }
        if let bits = Self.number(configuration["quantization_config"]?["bits"]) {
            let method = configuration["quantization_config"]?["quant_method"]?.stringValue ?? "packed"
            header.quantisation = "\(method.prefix(32)) \(bits) bits"
        }
    }

    /// A number that isn't negative.
    private static func number(_ value: JSONValue?) -> Int? { value?.intValue.flatMap { $0 >= 0 ? $0 : nil } }
}
