import Foundation
import ModelHub
import Testing
import UnrulyServer

/// Thousands of damaged headers, the same in every run: each is refused or answered, and none makes the process trap or
/// take more memory than the bounds allow.
@Suite struct HeaderFuzzTests {
    private static let huge: [UInt64] = [
        .max, UInt64(Int64.max), UInt64(Int64.max) + 1, 1 << 63, 1 << 62, 1 << 48, UInt64(UInt32.max), 1 << 31, 0, 1, 255,
    ]

    private static func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeLast(bytes.count - place)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes[place] = .random(in: 0...255, using: &random)
            case 3:
                let number = GGUFWriter.little(huge.randomElement(using: &random) ?? 0)
                for (offset, byte) in number.enumerated() where place + offset < bytes.count { bytes[place + offset] = byte }
            case 4:
                let end = min(bytes.count, place + Int.random(in: 1...16, using: &random))
                bytes.removeSubrange(place..<end)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...64, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    private static func sources() -> [(name: String, bytes: [UInt8])] {
        var model = GGUFWriter.model(experts: 4)
        for index in 0..<6 { model.tensor("blk.\(index).weight", [64, 32, 2], type: UInt32([0, 1, 8, 12, 14, 39][index])) }
        model.key("nested", type: 9, raw: GGUFWriter.little(UInt32(9)) + GGUFWriter.little(UInt64(1)) + GGUFWriter.little(UInt32(4)) + GGUFWriter.little(UInt64(2)) + [1, 2, 3, 4, 5, 6, 7, 8])
        model.key("llama.attention.key_length", UInt32(32))
        return [
            ("m.gguf", model.bytes), ("m.safetensors", SafetensorsFile.bytes(SafetensorsFile.small, data: 80)),
        ]
    }

    private static func peakBytes() -> Int {
        let line = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 << 10 } ?? 0
    }

    @Test func damagedHeadersAreRefusedOrAnswered() async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: 20_240_607)
            let before = Self.peakBytes()
            for (name, bytes) in Self.sources() {
                let file = folder.appending(path: name)
                var refused = 0
                for _ in 0..<6000 {
                    try Data(Self.mutate(bytes, &random)).write(to: file)
                    do {
                        let header = try ModelHeader.read(file)
                        #expect(header.parameters >= 0 && header.weightBytes >= 0 && header.missingBytes >= 0)
                        #expect(header.cacheBytesPerToken ?? 0 >= 0)
                    } catch is HeaderError {
                        refused += 1
                    }
                }
                // Most damage is noticed, and not all of it.
                #expect((1500..<6000).contains(refused), "\(name): \(refused)")
            }
            // The largest file has a few kilobytes: nothing may have been made for the counts they claim.
            #expect(Self.peakBytes() - before < 64 << 20)
        }
    }

    @Test func damagedIndexesAndConfigurationsToo() async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: 7)
            let index = Array(#"{"metadata":{"total_size":1},"weight_map":{"a":"1.safetensors"}}"#.utf8)
            let configuration = Array(#"{"model_type":"x","num_hidden_layers":2,"hidden_size":64,"num_attention_heads":4,"quantization_config":{"bits":4}}"#.utf8)
            try Data(SafetensorsFile.bytes(SafetensorsFile.small)).write(to: folder.appending(path: "1.safetensors"))
            for round in 0..<3000 {
                let damaged = round % 2 == 0
                try Data(damaged ? Self.mutate(index, &random) : index).write(to: folder.appending(path: "m.safetensors.index.json"))
                try Data(damaged ? configuration : Self.mutate(configuration, &random)).write(to: folder.appending(path: "config.json"))
                do {
                    let facts = try ModelFacts.measure(files: ["m.safetensors.index.json", "config.json"], in: folder)
                    #expect(facts?.parameters ?? 0 >= 0)
                } catch is HeaderError {
                    continue
                }
            }
        }
    }
}
