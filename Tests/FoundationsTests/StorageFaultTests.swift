import Foundation
import Foundations
import Testing

@Suite struct StorageFaultTests {
    @Test(arguments: [(ENOSPC, StorageFault.full), (EDQUOT, .full), (EFBIG, .full), (EIO, .failed), (EBADF, .failed)])
    func saysWhetherRoomIsWhatIsMissing(code: Int32, fault: StorageFault) {
        #expect(StorageFault(code) == fault)
    }

    @Test func writesWhereItIsTold() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer {
            close(descriptor)
            unlink(path)
        }
        for (text, offset) in [("world", Int64(6)), ("hello ", 0)] {
            try Array(text.utf8).withUnsafeBytes { try StorageFault.write($0, to: descriptor, at: offset) { $0 } }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "hello world")
    }

    @Test func tellsTheCallersOwnError() throws {
        struct NoRoom: Error, Equatable { let fault: StorageFault }
        let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(throws: NoRoom(fault: .full)) {
            try Array("x".utf8).withUnsafeBytes { try StorageFault.write($0, to: descriptor, error: NoRoom.init) }
        }
    }
}
