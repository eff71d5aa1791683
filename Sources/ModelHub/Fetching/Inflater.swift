import CZlib
import Foundation

/// Unpacks deflated data with zlib, piece by piece.
package final class Inflater {
    /// What stands around the deflated data.
    package enum Wrapping {
        /// Nothing, as in the members of ZIP archives.
        case deflate
        /// The header and check sum of a `.gz` file.
        case gzip
    }

    private var stream = z_stream()
    package private(set) var isFinished = false

    /// - Throws: `ModelHubError.damagedArchive`.
    package init(_ wrapping: Wrapping) throws {
        // How zlib is told: a negative window means no header, 16 more than the window a gzip header.
        let status = inflateInit2_(&stream, wrapping == .deflate ? -MAX_WBITS : MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw Self.damaged("there is no memory to unpack it") }
    }

    deinit { inflateEnd(&stream) }

    /// - Parameter sink: gets what is unpacked, 256 KiB at a time at most; what it throws ends the unpacking.
    /// - Throws: `ModelHubError.damagedArchive`; what `sink` throws.
    package func feed(_ input: [UInt8], to sink: ([UInt8]) throws -> Void) throws {
        guard !isFinished else { throw Self.damaged("a member goes on behind its end") }
        var input = input
        try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                var status: Int32 = Z_OK
                let output = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    count = buffer.count - Int(stream.avail_out)
                }
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw Self.damaged("a member's data is corrupt")
                }
                if !output.isEmpty { try sink(output) }
                isFinished = status == Z_STREAM_END
                // Without progress zlib wants more input.
                if status == Z_BUF_ERROR && output.isEmpty { break }
            } while !isFinished && (stream.avail_in > 0 || stream.avail_out == 0)
            guard !isFinished || stream.avail_in == 0 else { throw Self.damaged("a member goes on behind its end") }
        }
    }

    private static func damaged(_ reason: String) -> ModelHubError { .damagedArchive(reason: reason) }
}
