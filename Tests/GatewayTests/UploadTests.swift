import Foundation
import Gateway
import Testing

@Suite struct ByteRangeTests {
    @Test(arguments: [
        ("bytes=0-9", ByteRange.range(0..<10)), ("bytes=5-", .range(5..<100)), ("bytes=-10", .range(90..<100)),
        ("bytes=-1000", .range(0..<100)), ("bytes=90-1000", .range(90..<100)), ("bytes=99-99", .range(99..<100)),
        ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=99999999999999999999-", .unsatisfiable),
        ("bytes=0-99999999999999999999", .range(0..<100)), ("bytes=9-5", .ignored), ("bytes=-", .ignored),
        ("bytes=0-1,5-6", .ignored), ("items=0-1", .ignored), ("bytes=a-b", .ignored), ("bytes=1--2", .ignored), ("", .ignored),
        ("bytes=+1-2", .ignored),
    ])
    func readsOneRange(_ header: String, _ expected: ByteRange) { #expect(ByteRange.parse(header, size: 100) == expected) }
}

@Suite struct ContentTypeTests {
    @Test func kindsAreToldByTheirFirstBytes() {
        func kind(_ bytes: [UInt8]) -> String { ContentType.of(Data(bytes)) }
        #expect(kind([0, 0, 0, 24] + Array("ftypisom".utf8)) == "video/mp4")
        #expect(kind([0, 0, 0, 20] + Array("ftypqt  ".utf8)) == "video/quicktime")
        #expect(kind([0x1A, 0x45, 0xDF, 0xA3, 1]) == "video/webm")
        #expect(kind(Array("RIFF".utf8) + [0, 0, 0, 0] + Array("AVI ".utf8)) == "video/x-msvideo")
        // A page that somebody uploads is never sent as one.
        #expect(kind(Array("<!doctype html>".utf8)) == "application/octet-stream")
        #expect(kind([]) == "application/octet-stream")
    }
}
