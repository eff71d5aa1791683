import Foundation

/// Moonshine's token list, from the form it is published in to the one sherpa-onnx reads.
public enum MoonshineTokens {
    /// More tokens than any such model has.
    private static let mostTokens = 1 << 20

    /// Writes `tokens.txt` from `tokenizer.bin`.
    ///
    /// `tokenizer.bin` is a run of tokens, each a length and so many bytes. A length under 128 is one byte; a longer one is
    /// two: the low seven bits with the high bit set, then the higher bits. `tokens.txt` has a line for each token: its
    /// bytes in Base64, a tab, its number.
    /// - Throws: `NativeEngineError.malformedTokenizer`.
    public static func convert(tokenizerBin: Data) throws -> Data {
        let bytes = [UInt8](tokenizerBin)
        var lines = ""
        lines.reserveCapacity(bytes.count * 3)
        var position = 0
        var number = 0
        while position < bytes.count {
            guard number < mostTokens else { throw NativeEngineError.malformedTokenizer(reason: "too many tokens") }
            var length = Int(bytes[position])
            position += 1
            if length >= 128 {
                guard position < bytes.count else {
                    throw NativeEngineError.malformedTokenizer(reason: "it ends inside a length")
                }
                length += Int(bytes[position]) * 128 - 128
                position += 1
            }
            guard length <= bytes.count - position else {
                throw NativeEngineError.malformedTokenizer(reason: "it ends inside a token")
            }
            lines += Data(bytes[position..<position + length]).base64EncodedString() + "\t\(number)\n"
            position += length
            number += 1
        }
        guard number > 0 else { throw NativeEngineError.malformedTokenizer(reason: "it is empty") }
        return Data(lines.utf8)
    }
}
