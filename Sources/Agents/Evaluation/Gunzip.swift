import CZlib
import Foundation

/// Unpacks gzip files.
enum Gunzip {
    static func isGzip(_ data: Data) -> Bool { data.starts(with: [0x1F, 0x8B]) }

    /// - Returns: `nil` when the data are damaged, end early, or unpack to more than `limit` bytes.
    static func unpack(_ data: Data, limit: Int) -> Data? {
        var stream = z_stream()
        // 16 more than the window: a gzip header is expected.
        guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var input = [UInt8](data)
        var output = Data()
        return input.withUnsafeMutableBufferPointer { input -> Data? in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            var status = Z_OK
            repeat {
                let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    count = buffer.count - Int(stream.avail_out)
                }
                guard status == Z_OK || status == Z_STREAM_END, output.count + piece.count <= limit else { return nil }
                output += piece
            } while status != Z_STREAM_END
            return stream.avail_in == 0 ? output : nil
        }
    }
}
