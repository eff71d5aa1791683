import CZlib
import Foundation

/// Builds zip files for tests, correct or with one thing wrong.
struct SampleZip {
    struct Member {
        var name: String
        var content: [UInt8]
        var isDeflated = true
        /// What the headers say instead of the truth.
        var statedSize: Int?
        var statedChecksum: UInt32?
        var localName: String?
        var flags: UInt16 = 0
        var method: UInt16?
    }

    var members: [Member]
    var comment: [UInt8] = []

    /// The file, and where its central directory starts.
    func built() -> (bytes: [UInt8], directory: Int) {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let packed = member.isDeflated ? Self.deflated(member.content) : member.content
            let sum = member.statedChecksum
                ?? UInt32(member.content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
            let method = member.method ?? (member.isDeflated ? 8 : 0)
            let size = UInt32(member.statedSize ?? member.content.count)
            let offset = UInt32(bytes.count)
            let localName = Array((member.localName ?? member.name).utf8)
            let name = Array(member.name.utf8)
            bytes += u32(0x0403_4B50) + u16(20) + u16(member.flags) + u16(method) + u32(0) + u32(sum)
            bytes += u32(UInt32(packed.count)) + u32(size) + u16(UInt16(localName.count)) + u16(0) + localName + packed
            directory += u32(0x0201_4B50) + u16(20) + u16(20) + u16(member.flags) + u16(method) + u32(0) + u32(sum)
            directory += u32(UInt32(packed.count)) + u32(size) + u16(UInt16(name.count)) + u16(0) + u16(0) + u16(0)
            directory += u16(0) + u32(0) + u32(offset) + name
        }
        let start = bytes.count
        let count = UInt16(members.count)
        bytes += directory
        bytes += u32(0x0605_4B50) + u16(0) + u16(0) + u16(count) + u16(count) + u32(UInt32(directory.count))
        bytes += u32(UInt32(start)) + u16(UInt16(comment.count)) + comment
        return (bytes, start)
    }

    private static func deflated(_ content: [UInt8]) -> [UInt8] {
        // zlib's own form is the raw stream between a header of two bytes and a checksum of four.
        var length = compressBound(UInt(content.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        compress2(&output, &length, content, UInt(content.count), 6)
        return Array(output[2..<Int(length) - 4])
    }

    private func u16(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
    private func u32(_ value: UInt32) -> [UInt8] { u16(UInt16(value & 0xFFFF)) + u16(UInt16(value >> 16)) }
}
