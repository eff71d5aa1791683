import Foundation
import Media
import Testing

/// Bytes that someone else chose: nothing may trap, and a mark that was written can be read.
@Suite struct HostilePictureTests {
    /// SplitMix64: https://prng.di.unimi.it/splitmix64.c
    private struct FixedRandom: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }

    private static let provenance = ImageProvenance(software: "Martlet", model: "m", steps: 1, created: nil)

    private static var marked: [Data] {
        get throws { try (TinyPicture.plain + TinyPicture.laden).map(provenance.written) }
    }

    /// Everything that reads, and the promises that hold whenever it doesn't throw.
    private static func exercise(_ picture: Data) throws {
        _ = ImageProvenance(readFrom: picture)
        if let marked = try? provenance.written(into: picture) {
            #expect(ImageProvenance(readFrom: marked) == provenance)
            #expect(try provenance.written(into: marked) == marked)
        }
    }

    @Test func cutAnywhere() throws {
        for picture in TinyPicture.plain {
            for length in 0..<picture.count {
                #expect(throws: PictureMetadataError.self) { try Self.provenance.written(into: picture.prefix(length)) }
            }
        }
        for picture in try Self.marked {
            for length in stride(from: 0, to: picture.count, by: 11) { try Self.exercise(picture.prefix(length)) }
        }
    }

    @Test func noise() throws {
        var random = FixedRandom(state: 1)
        let beginnings: [Data] = [
            Data(), TinyPicture.png.prefix(8), TinyPicture.png.prefix(33), TinyPicture.jpeg.prefix(2), TinyPicture.jpeg.dropLast(2),
            TinyPicture.text("RIFF", 100, 0, 0, 0) + Data("WEBP".utf8), TinyPicture.alphaWebP.prefix(30),
        ]
        for round in 0..<1400 {
            let length = Int.random(in: 0..<200, using: &random)
            let bytes = Data((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
            try Self.exercise(beginnings[round % beginnings.count] + bytes)
        }
    }

    @Test func mutations() throws {
        var random = FixedRandom(state: 2)
        for picture in try Self.marked {
            for _ in 0..<50 { try Self.exercise(Self.mutated(picture, &random)) }
        }
    }

    /// Checksums made right again, so that the mutations reach what lies behind them.
    @Test func mutatedChunks() throws {
        var random = FixedRandom(state: 3)
        for picture in [try Self.provenance.written(into: TinyPicture.ladenPNG), TinyPicture.metadataWebP, TinyPicture.animatedWebP] {
            let parts = TinyPicture.chunks(picture)
            let isPNG = picture.starts(with: TinyPicture.png.prefix(8))
            for _ in 0..<120 {
                var parts = parts
                let index = Int.random(in: 0..<parts.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: parts[index].payload = Self.mutated(parts[index].payload, &random)
                case 1: parts.swapAt(index, Int.random(in: 0..<parts.count, using: &random))
                case 2: parts.remove(at: index)
                default: parts.insert(parts[Int.random(in: 0..<parts.count, using: &random)], at: index)
                }
                try Self.exercise(isPNG ? TinyPicture.png(parts) : TinyPicture.riff(parts))
            }
        }
    }

    private static func mutated(_ bytes: Data, _ random: inout FixedRandom) -> Data {
        guard !bytes.isEmpty else { return Data([1]) }
        var bytes = [UInt8](bytes)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            default: if bytes.count > 1 { bytes.remove(at: index) }
            }
        }
        return Data(bytes)
    }
}
