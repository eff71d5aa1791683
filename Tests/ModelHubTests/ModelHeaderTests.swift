import Foundation
import Foundations
import ModelHub
import Testing
import UnrulyServer

@Suite struct ModelHeaderTests {
    private static func read(
        _ bytes: [UInt8], name: String = "m.gguf", limits: HeaderLimits = HeaderLimits()
    ) async throws -> ModelHeader {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: name)
            try Data(bytes).write(to: file)
            return try ModelHeader.read(file, limits: limits)
        }
    }

    /// What a file is refused for; `nil` when it is read.
    private static func fault(
        _ bytes: [UInt8], name: String = "m.gguf", limits: HeaderLimits = HeaderLimits()
    ) async throws -> HeaderError? {
        do {
            _ = try await read(bytes, name: name, limits: limits)
            return nil
        } catch let error as HeaderError {
            return error
        }
    }

    /// Written out by hand, after the format's description.
    @Test func readsAFileByteByByte() async throws {
        let bytes: [UInt8] = [
            0x47, 0x47, 0x55, 0x46, 2, 0, 0, 0,  // GGUF, version 2
            2, 0, 0, 0, 0, 0, 0, 0,  // two tensors
            2, 0, 0, 0, 0, 0, 0, 0,  // two keys
            20, 0, 0, 0, 0, 0, 0, 0,
        ] + Array("general.architecture".utf8) + [
            8, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x61, 0x62, 0x63,  // text "abc"
            18, 0, 0, 0, 0, 0, 0, 0,
        ] + Array("abc.context_length".utf8) + [
            10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,  // 64 bits, 256
            1, 0, 0, 0, 0, 0, 0, 0, 0x74, 2, 0, 0, 0,  // "t", two dimensions
            32, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,  // 32 x 3
            8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // Q8_0, offset 0
            1, 0, 0, 0, 0, 0, 0, 0, 0x75, 1, 0, 0, 0,  // "u", one dimension
            5, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0,  // F32, offset 128
        ]
        let header = try await Self.read(bytes)
        #expect(header.architecture == "abc" && header.contextLength == 256)
        #expect(header.parameters == 101 && header.tensors == 2 && header.quantisation == "Q8_0")
        #expect(header.weightBytes == 3 * 34 + 5 * 4 && header.missingBytes == header.weightBytes)
    }

    @Test func readsAModelsFacts() async throws {
        var writer = GGUFWriter.model(experts: 8)
        writer.tensor("a", [256, 10], type: 12)
        writer.tensor("b", [16], type: 0)
        let header = try await Self.read(writer.bytes + [UInt8](repeating: 0, count: 2000))
        #expect(header.quantisation == "Q4_K_M" && header.experts == 8 && header.blocks == 4 && header.embeddingLength == 512)
        #expect(header.parameters == 2576 && header.weightBytes == 10 * 144 + 64 && header.missingBytes == 0)
        // 4 blocks, 2 heads, keys and values of 64 numbers, 2 bytes each.
        #expect(header.cacheBytesPerToken == 2048)
        #expect(!header.isProjector && header.name == "Test")
    }

    @Test func headsMayDifferFromBlockToBlock() async throws {
        var writer = GGUFWriter()
        writer.key("x.attention.head_count_kv", numbers: [1, 2, 3, 0])
        writer.key("x.attention.key_length", UInt32(100))
        writer.key("x.attention.value_length", UInt32(50))
        writer.key("general.architecture", "x")
        #expect(try await Self.read(writer.bytes).cacheBytesPerToken == 1800)
    }

    @Test func knowsProjectors() async throws {
        var writer = GGUFWriter()
        writer.key("general.architecture", "clip")
        #expect(try await Self.read(writer.bytes).isProjector)
    }

    @Test(arguments: [false, true]) func countsEveryExpert(_ mixture: Bool) async throws {
        let header = try await Self.read(GGUFWriter.giant(mixture: mixture).bytes)
        #expect(header.parameters > 30_000_000_000 && header.parameters < 32_000_000_000, "\(header.parameters)")
        #expect(header.experts == (mixture ? 128 : nil))
    }

    @Test func refusesWhatIsNoModel() async throws {
        #expect(try await Self.fault([]) == .unknownFormat(file: "m.gguf"))
        #expect(try await Self.fault(Array("GGU".utf8)) == .unknownFormat(file: "m.gguf"))
        #expect(try await Self.fault(Array("<html>not found</html>".utf8)) == .unknownFormat(file: "m.gguf"))
        #expect(try await Self.fault(Array("GGUF".utf8)) == .truncated(file: "m.gguf"))
        var old = GGUFWriter.model()
        old.version = 1
        #expect(try await Self.fault(old.bytes) == .unsupported(file: "m.gguf", what: "GGUF version 1"))
        old.version = UInt32(3).byteSwapped
        #expect(try await Self.fault(old.bytes) == .unsupported(file: "m.gguf", what: "GGUF in big-endian order"))
        #expect(throws: HeaderError.unreadable(file: "no.gguf")) {
            try ModelHeader.read(URL(fileURLWithPath: "/nonexistent/no.gguf"))
        }
    }

    /// Each count is checked before anything is made for it.
    @Test func believesNoCount() async throws {
        var writer = GGUFWriter.model()
        for count in [UInt64.max, UInt64(Int64.max), 1 << 40] {
            writer.claimedKeys = count
            #expect(try await Self.fault(writer.bytes) == .beyondLimit(file: "m.gguf", what: "\(count) keys"))
        }
        writer.claimedKeys = 4000
        #expect(try await Self.fault(writer.bytes) == .truncated(file: "m.gguf"))
        writer.claimedKeys = nil
        writer.claimedTensors = .max
        #expect(try await Self.fault(writer.bytes) == .beyondLimit(file: "m.gguf", what: "\(UInt64.max) tensors"))
        writer.claimedTensors = 100_000
        #expect(try await Self.fault(writer.bytes) == .truncated(file: "m.gguf"))

        for length in [UInt64.max, UInt64(Int64.max) + 1, 1 << 33] {
            var text = GGUFWriter()
            text.key("k", type: 8, raw: GGUFWriter.little(length))
            #expect(try await Self.fault(text.bytes) == .truncated(file: "m.gguf"))
            var array = GGUFWriter()
            array.key("k", type: 9, raw: GGUFWriter.little(UInt32(10)) + GGUFWriter.little(length))
            #expect(try await Self.fault(array.bytes) == .beyondLimit(file: "m.gguf", what: "an array of \(length) elements"))
        }
        var texts = GGUFWriter()
        texts.key("k", type: 9, raw: GGUFWriter.little(UInt32(8)) + GGUFWriter.little(UInt64(1_000_000)))
        #expect(try await Self.fault(texts.bytes) == .truncated(file: "m.gguf"))
    }

    @Test func refusesImpossibleTensors() async throws {
        for dimensions in [[UInt64.max, 2], [1 << 40, 1 << 40], [1 << 62, 4], [UInt64.max]] {
            var writer = GGUFWriter()
            writer.tensor("t", dimensions, type: 0)
            #expect(try await Self.fault(writer.bytes) == .malformed(file: "m.gguf", reason: "a tensor is impossibly large"))
        }
        var many = GGUFWriter()
        for index in 0..<3 { many.tensor("t\(index)", [1 << 60], type: 24) }
        #expect(try await Self.fault(many.bytes) == nil)
        for index in 3..<9 { many.tensor("t\(index)", [1 << 60], type: 24) }
        #expect(try await Self.fault(many.bytes) == .malformed(file: "m.gguf", reason: "its tensors are impossibly large"))
        var deep = GGUFWriter()
        deep.tensor("t", Array(repeating: 1, count: 9), type: 0)
        #expect(try await Self.fault(deep.bytes) == .malformed(file: "m.gguf", reason: "a tensor of 9 dimensions"))
    }

    @Test func boundsNestingLengthAndKeys() async throws {
        var nested: [UInt8] = GGUFWriter.little(UInt32(0)) + GGUFWriter.little(UInt64(0))
        for _ in 0..<40 { nested = GGUFWriter.little(UInt32(9)) + GGUFWriter.little(UInt64(1)) + nested }
        var writer = GGUFWriter()
        writer.key("k", type: 9, raw: nested)
        #expect(try await Self.fault(writer.bytes) == .beyondLimit(file: "m.gguf", what: "arrays in more than 8 levels"))

        var limits = HeaderLimits()
        limits.maxBytes = 100
        #expect(
            try await Self.fault(GGUFWriter.model().bytes, limits: limits)
                == .beyondLimit(file: "m.gguf", what: "it is longer than 100 bytes"))
        var name = GGUFWriter()
        name.key(String(repeating: "k", count: 2000), UInt32(1))
        #expect(try await Self.fault(name.bytes) == .beyondLimit(file: "m.gguf", what: "a name of 2000 bytes"))
        var twice = GGUFWriter.model()
        twice.key("general.name", "again")
        #expect(try await Self.fault(twice.bytes) == .malformed(file: "m.gguf", reason: "a key is there twice"))
    }

    @Test func readsSafetensors() async throws {
        let header = try await Self.read(SafetensorsFile.bytes(SafetensorsFile.small, data: 80), name: "m.safetensors")
        #expect(header.parameters == 36 && header.tensors == 3 && header.quantisation == "BF16")
        #expect(header.weightBytes == 80 && header.missingBytes == 0)
        let cut = try await Self.read(SafetensorsFile.bytes(SafetensorsFile.small, data: 50), name: "m.safetensors")
        #expect(cut.missingBytes == 30)
    }

    @Test(arguments: [
        ("{", nil), ("[]", nil), ("{}", UInt64.max), ("{}", 1 << 40), ("{}", 1), (#"{"a":{}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[1e3],"data_offsets":[0,8]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[99999999999999999999999],"data_offsets":[0,8]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, nil),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, nil),
        (#"{"__metadata__":[[[[[[[[[[1]]]]]]]]]]}"#, nil),
    ] as [(String, UInt64?)]) func refusesOtherSafetensors(_ text: String, _ length: UInt64?) async throws {
        #expect(try await Self.fault(SafetensorsFile.bytes(text, length: length), name: "m.safetensors") != nil)
    }

    @Test func addsUpShardsByTheirIndex() async throws {
        try await withTemporaryFolder { folder in
            func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appending(path: name)) }
            let index = "model.safetensors.index.json"
            try write(index, Array(#"{"metadata":{"total_size":1},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#.utf8))
            try write("1.safetensors", SafetensorsFile.bytes(#"{"a":{"dtype":"I32","shape":[10],"data_offsets":[0,40]}}"#))
            try write(
                "2.safetensors", SafetensorsFile.bytes(#"{"b.qweight":{"dtype":"I32","shape":[10],"data_offsets":[0,40]}}"#))
            try write(
                "config.json",
                Array(
                    #"{"model_type":"qwen3","max_position_embeddings":32768,"num_hidden_layers":2,"hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2,"num_experts":16,"quantization_config":{"bits":4,"quant_method":"awq"}}"#.utf8))
            let facts = try #require(try ModelFacts.measure(files: [index], in: folder))
            // Eight numbers of 4 bits are packed in each element of b.
            #expect(facts.parameters == 10 + 80 && facts.weightBytes == 80 && facts.format == .safetensors)
            #expect(facts.architecture == "qwen3" && facts.contextLength == 32768 && facts.experts == 16)
            #expect(facts.cacheBytesPerToken == 2 * 2 * 16 * 4 && facts.quantisation == "awq 4 bits")

            try write(index, Array(#"{"weight_map":{"a":"../../etc/passwd"}}"#.utf8))
            #expect(throws: HeaderError.malformed(file: index, reason: "it names a file outside its folder")) {
                try ModelFacts.measure(files: [index], in: folder)
            }
            try write(index, Array(#"{"weight_map":{"a":"3.safetensors"}}"#.utf8))
            #expect(throws: HeaderError.unreadable(file: "3.safetensors")) { try ModelFacts.measure(files: [index], in: folder) }
            try write("config.json", Array(String(repeating: #"{"a":"#, count: 5000).utf8))
            #expect(throws: HeaderError.self) { try ModelFacts.measure(files: ["1.safetensors"], in: folder) }
            #expect(try ModelFacts.measure(files: ["a.onnx"], in: folder) == nil)
        }
    }

    /// Every GGUF model on this machine, against what the catalog declares.
    @Test func readsTheModelsThatAreHere() throws {
        let models = MartletHome().models
        for manifest in Catalog.builtIn.manifests where manifest.engine == .llama {
            let folder = models.appending(path: manifest.id)
            guard manifest.files.allSatisfy({ FileManager.default.fileExists(atPath: folder.appending(path: $0.name).path) })
            else { continue }
            let facts = try #require(try ModelFacts.measure(files: manifest.files.map(\.name), in: folder))
            #expect(facts.contextLength == manifest.contextLength, "\(manifest.id)")
            let declared = try #require(manifest.parameters)
            #expect(abs(facts.parameters - declared) < declared / 3, "\(manifest.id): \(facts.parameters)")
            #expect(facts.missingBytes == 0 && facts.weightBytes > 0 && facts.cacheBytesPerToken ?? 0 > 0)
        }
    }
}
