import Foundation

/// Writes GGUF files byte by byte, also such as no tool would write.
struct GGUFWriter {
    var version: UInt32 = 3
    private var keys: [[UInt8]] = []
    private var tensors: [[UInt8]] = []
    /// What the head says instead of the true counts.
    var claimedKeys: UInt64?
    var claimedTensors: UInt64?

    init() {}

    static func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    static func text(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    mutating func key(_ name: String, type: UInt32, raw: [UInt8]) { keys.append(Self.text(name) + Self.little(type) + raw) }
    mutating func key(_ name: String, _ value: String) { key(name, type: 8, raw: Self.text(value)) }
    mutating func key(_ name: String, _ value: UInt32) { key(name, type: 4, raw: Self.little(value)) }
    mutating func key(_ name: String, texts: [String]) {
        key(name, type: 9, raw: Self.little(UInt32(8)) + Self.little(UInt64(texts.count)) + texts.flatMap(Self.text))
    }
    mutating func key(_ name: String, numbers: [Int32]) {
        key(name, type: 9, raw: Self.little(UInt32(5)) + Self.little(UInt64(numbers.count)) + numbers.flatMap(Self.little))
    }
    mutating func tensor(_ name: String, _ dimensions: [UInt64], type: UInt32, offset: UInt64 = 0) {
        tensors.append(
            Self.text(name) + Self.little(UInt32(dimensions.count)) + dimensions.flatMap(Self.little) + Self.little(type)
                + Self.little(offset))
    }

    var bytes: [UInt8] {
        Array("GGUF".utf8) + Self.little(version) + Self.little(claimedTensors ?? UInt64(tensors.count))
            + Self.little(claimedKeys ?? UInt64(keys.count)) + keys.joined() + tensors.joined()
    }

    /// A model's usual keys, without tensors.
    static func model(_ architecture: String = "llama", experts: UInt32? = nil) -> GGUFWriter {
        var writer = GGUFWriter()
        writer.key("general.architecture", architecture)
        writer.key("general.name", "Test")
        writer.key("general.file_type", UInt32(15))
        writer.key("\(architecture).context_length", UInt32(4096))
        writer.key("\(architecture).embedding_length", UInt32(512))
        writer.key("\(architecture).block_count", UInt32(4))
        writer.key("\(architecture).attention.head_count", UInt32(8))
        writer.key("\(architecture).attention.head_count_kv", UInt32(2))
        if let experts { writer.key("\(architecture).expert_count", experts) }
        writer.key("tokenizer.ggml.tokens", texts: ["<s>", "</s>", "a", "", "long token"])
        writer.key("tokenizer.ggml.token_type", numbers: [1, 2, 3, 4, 5])
        return writer
    }

    /// The header of a model with some 31 billion parameters and no weights: dense, or a mixture of 128 experts.
    static func giant(mixture: Bool) -> GGUFWriter {
        var writer = model(mixture ? "qwen3moe" : "qwen3", experts: mixture ? 128 : nil)
        writer.tensor("token_embd.weight", [5120, 151_936], type: 12)
        for block in 0..<48 {
            if mixture {
                // 128 experts, 3 matrices of 2048 x 768 each.
                for part in ["gate", "up", "down"] {
                    writer.tensor("blk.\(block).ffn_\(part)_exps.weight", [2048, 768, 128], type: 12)
                }
                writer.tensor("blk.\(block).attn.weight", [2048, 9216], type: 14)
            } else {
                for part in ["gate", "up", "down"] {
                    writer.tensor("blk.\(block).ffn_\(part).weight", [5120, 40_960], type: 12)
                }
            }
        }
        return writer
    }
}

enum SafetensorsFile {
    static func bytes(_ header: String, length: UInt64? = nil, data: Int = 0) -> [UInt8] {
        GGUFWriter.little(length ?? UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    static let small = #"""
        {"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,8],"data_offsets":[0,64]},
         "b":{"dtype":"F32","shape":[3],"data_offsets":[64,76]}, "empty":{"dtype":"F32","shape":[],"data_offsets":[76,80]}}
        """#
}

/// Numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
