import Foundation

/// Samples as whole numbers.
public enum PCM {
    static func sixteenBits(_ sample: Float) -> Int16 { sample.isNaN ? 0 : Int16(max(-1, min(1, sample)) * 32_767) }

    /// Sound of 16 bits a sample, lowest byte first; half a sample at the end is left out.
    public static func floats(_ bytes: Data) -> [Float] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / 2).map { Float(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 2, as: Int16.self))) / 32_768 }
        }
    }
}

/// The head of a WAV file of 16-bit mono.
enum WaveHead {
    /// - Parameter dataBytes: `nil`: the file is read as it comes, and ends when it ends.
    static func bytes(sampleRate: Int, dataBytes: Int?) -> Data {
        let length = dataBytes.map { UInt32(clamping: $0) } ?? .max - 36
        var bytes = Data("RIFF".utf8)
        func add<T: FixedWidthInteger>(_ number: T) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
        add(length &+ 36)
        bytes += Data("WAVEfmt ".utf8)
        add(UInt32(16))
        add(UInt16(1))
        add(UInt16(1))
        add(UInt32(sampleRate))
        add(UInt32(sampleRate * 2))
        add(UInt16(2))
        add(UInt16(16))
        bytes += Data("data".utf8)
        add(length)
        return bytes
    }
}
