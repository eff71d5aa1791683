import Foundation
import Foundations
import Media
import Testing

/// Media that comes as a stream of pieces.
@Suite struct StreamTests {
    private static let limit = (name: "fetch.max_bytes", bytes: 1 << 30)

    /// A file's bytes in uneven pieces.
    private func pieces(of fixture: Fixture) async throws -> AsyncStream<Data> {
        let data = try await fixture.data()
        return AsyncStream { continuation in
            var place = 0
            var length = 1
            while place < data.count {
                continuation.yield(data[place..<min(place + length, data.count)])
                place += length
                length = length * 3 % 70_001 + 1
            }
            continuation.finish()
        }
    }

    @Test(arguments: [Fixture.h264, .trailingIndex, .transportStream]) func aStreamIsReadAsTheFileIs(fixture: Fixture) async throws {
        let streamed = try await MediaFile.open(try await .stream(pieces(of: fixture), limit: Self.limit))
        let file = try await fixture.open()
        #expect(streamed.info == file.info)
        #expect(try await streamed.contentHash() == file.contentHash())
        let wanted = [0, 7, 50]
        #expect(try await streamed.frames(at: wanted).all().map(\.image) == file.frames(at: wanted).all().map(\.image))
    }

    @Test func anEndlessStreamIsCutOffAtTheLimit() async throws {
        let endless = AsyncStream { Data(count: 1 << 16) }
        await #expect(throws: MediaError.limitExceeded(limit: "fetch.max_bytes", found: 1_048_576 + 65_536, allowed: 1_048_576)) {
            _ = try await MediaSource.stream(endless, limit: ("fetch.max_bytes", 1 << 20))
        }
    }

    @Test func cancellationEndsTheWaitForMore() async throws {
        let silent = AsyncStream<Data> { _ in }
        let task = Task { try await MediaSource.stream(silent, limit: Self.limit) }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func whatBreaksOffIsThrownOn() async throws {
        struct Broken: Error {}
        let broken = AsyncThrowingStream<Data, any Error> { continuation in
            continuation.yield(Data(count: 10))
            continuation.finish(throwing: Broken())
        }
        await #expect(throws: Broken.self) { _ = try await MediaSource.stream(broken, limit: Self.limit) }
    }

    @Test func anEmptyStreamIsNoMedia() async throws {
        let source = try await MediaSource.stream(AsyncStream<Data> { $0.finish() }, limit: Self.limit)
        await #expect(throws: MediaError.unsupportedFormat) { _ = try await MediaFile.open(source) }
    }
}
