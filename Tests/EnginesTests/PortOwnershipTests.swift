import Engines
import Foundation
import Testing

@Suite struct PortOwnershipTests {
    /// A socket of this process that shares its port with whoever else does.
    private final class Listener {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let port: Int

        init() throws {
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<Int32>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(isBound)
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        deinit { close(descriptor) }
    }

    private static let sharing = """
        import socket, sys
        other = socket.socket()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", int(sys.argv[1])))
        other.listen()
        print("listening", flush=True)
        sys.stdin.read()
        """

    @Test func aPortOfItsOwnIsToldFromASharedOne() throws {
        let listener = try Listener()
        #expect(PortOwnership.of(port: listener.port, by: getpid()) == .own)
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        other.arguments = ["-c", Self.sharing, String(listener.port)]
        let (input, output) = (Pipe(), Pipe())
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        #expect(PortOwnership.of(port: listener.port, by: getpid()) == .shared)
        #expect(PortOwnership.of(port: listener.port, by: other.processIdentifier) == .shared)
        try input.fileHandleForWriting.close()
        other.waitUntilExit()
        #expect(PortOwnership.of(port: listener.port, by: getpid()) == .own)
    }

    @Test func aPortOfNobodyIsNotIts() throws {
        let port = try Listener().port
        #expect(PortOwnership.of(port: port, by: getpid()) == .none)
    }
}
