import Foundation
import Foundations
import Media
import Synchronization
import Testing

@Suite struct FrameReaderTests {
    /// Choices that make the decoder jump, skip, and go straight through.
    static func choices(_ count: Int) -> [[Int]] {
        [
            [0], [count - 1], [count / 2], [0, count - 1], Array(stride(from: 3, to: count, by: 13)),
            Array(stride(from: 0, to: count, by: 30)), [21, 22, 23, 24, 25, 60, 61], [5, 5, 5, 70, 70],
        ]
    }

    @Test(arguments: Fixture.numbered) func picksTheSameFramesAsAFullDecode(_ fixture: Fixture) async throws {
        let file = try await fixture.open()
        let info = try #require(file.info.video)
        #expect(info.frameCount == Fixture.frameCount)
        let times = try await file.frameTimes()
        let full = try await file.frames(at: Array(0..<info.frameCount)).all()
        #expect(full.map(\.index) == Array(0..<info.frameCount))
        #expect(full.map(\.time) == times)
        #expect(full.map { $0.image.number(turned: fixture == .rotated) } == Array(0..<info.frameCount))
        #expect(full.allSatisfy { $0.image.size == info.size })
        for choice in Self.choices(info.frameCount) {
            let picked = try await file.frames(at: choice).all()
            #expect(picked.map(\.index) == choice)
            #expect(picked.map(\.time) == choice.map { times[$0] })
            for frame in picked {
                let isSame = frame.image == full[frame.index].image
                #expect(isSame, "frame \(frame.index) of \(choice)")
            }
        }
    }

    @Test(arguments: [Fixture.h264, .rotated, .highBitDepth, .variableRate, .openGroups, .interlaced, .hdr])
    func pixelsEqualTheCommandLine(_ fixture: Fixture) async throws {
        let path = try await fixture.url().path
        let raw = try await WorkerThreads(name: "reference", width: 1).run {
            try CommandLineFFmpeg.run([
                "-i", path, "-map", "0:v", "-vf", "scale=flags=bilinear,format=rgb24", "-vsync", "passthrough", "-f",
                "rawvideo", "-",
            ])
        }
        let file = try await fixture.open()
        var offset = 0
        for try await frame in file.frames(at: Array(0..<Fixture.frameCount)) {
            let size = frame.image.pixels.count
            try #require(raw.count >= offset + size)
            let isSame = frame.image.pixels.elementsEqual(raw[offset..<offset + size])
            #expect(isSame, "frame \(frame.index)")
            offset += size
        }
        #expect(offset == raw.count)
    }

    @Test func jumpsInsideALargeFile() async throws {
        let file = try await Fixture.longMP4.open()
        let full = try await file.frames(at: Array(0..<240)).all()
        for choice in [[239], [2, 120, 239], [0, 71, 72, 73, 200]] {
            for frame in try await file.frames(at: choice).all() {
                let isSame = frame.image == full[frame.index].image
                #expect(isSame, "frame \(frame.index) of \(choice)")
            }
        }
    }

    @Test func leavesOutWhatAnEditListCuts() async throws {
        let file = try await Fixture.editList.open()
        let info = try #require(file.info.video)
        // Cut at 1.5 s of 4 s at 25 frames a second.
        let full = try await file.frames(at: Array(0..<info.frameCount)).all()
        let first = try #require(full.first?.image.number())
        #expect(full.map { $0.image.number() } == Array(first..<first + info.frameCount))
        #expect(first + info.frameCount == Fixture.frameCount)
        for choice in [[0], [1, 40], [info.frameCount - 1]] {
            for frame in try await file.frames(at: choice).all() {
                let isSame = frame.image == full[frame.index].image
                #expect(isSame, "frame \(frame.index) of \(choice)")
            }
        }
    }

    @Test func bytesAndFileGiveTheSame() async throws {
        let fromFile = try await Fixture.mkv.open()
        let fromBytes = try await MediaFile.open(.data(Fixture.mkv.data()))
        #expect(fromFile.info == fromBytes.info)
        let hashes = try await (fromFile.contentHash(), fromBytes.contentHash())
        #expect(hashes.0 == hashes.1)
        #expect(hashes.0.count == 64)
        let frames = try await (fromFile.frames(at: [50]).all(), fromBytes.frames(at: [50]).all())
        let isSame = frames.0.map(\.image) == frames.1.map(\.image)
        #expect(isSame)
    }

    @Test func hashIsSHA256() async throws {
        let url = try await Fixture.gif.url()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sha256sum", url.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(try await Fixture.gif.open().contentHash() == text.prefix(64))
    }

    @Test func rotationCanBeLeftOff() async throws {
        let turned = try await Fixture.rotated.open()
        let plain = try await Fixture.rotated.open(appliesRotation: false)
        #expect(turned.info.video?.rotation == 90)
        #expect(turned.info.video?.size == PixelSize(width: 112, height: 192))
        #expect(plain.info.video?.size == PixelSize(width: 192, height: 112))
        let a = try #require(try await turned.frames(at: [37]).all().first)
        let b = try #require(try await plain.frames(at: [37]).all().first)
        let isSame = a.image == b.image.rotated(clockwise: 90)
        #expect(isSame)
        #expect(b.image.number() == 37)
    }

    @Test func turningFourTimesIsNoTurn() {
        let image = RGBImage(width: 2, height: 3, pixels: (0..<18).map { UInt8($0) })
        let quarter = image.rotated(clockwise: 90)
        #expect(quarter.size == PixelSize(width: 3, height: 2))
        // The lower left pixel comes to the upper left.
        #expect(Array(quarter.pixels.prefix(3)) == [12, 13, 14])
        #expect(quarter.rotated(clockwise: 90) == image.rotated(clockwise: 180))
        #expect(quarter.rotated(clockwise: 270) == image)
    }

    @Test func transformRunsOncePerDistinctFrame() async throws {
        let runs = Atomic<Int>(0)
        let file = try await Fixture.h264.open()
        let frames = try await file.frames(at: [1, 1, 1, 9]) { image in
            runs.add(1, ordering: .relaxed)
            return image.rotated(clockwise: 180)
        }.all()
        #expect(frames.count == 4)
        #expect(runs.load(ordering: .relaxed) == 2)
    }

    @Test func transformErrorsReachTheConsumer() async throws {
        struct Refused: Error {}
        let file = try await Fixture.h264.open()
        await #expect(throws: Refused.self) { try await file.frames(at: [1]) { _ in throw Refused() }.all() }
    }

    @Test func staysAFewFramesAhead() async throws {
        let converted = Atomic<Int>(0)
        let file = try await Fixture.h264.open()
        let sequence = file.frames(at: Array(0..<Fixture.frameCount)) { image in
            converted.add(1, ordering: .relaxed)
            return image
        }
        var iterator = sequence.makeAsyncIterator()
        _ = try await iterator.next()
        try await Task.sleep(for: .milliseconds(200))
        #expect(converted.load(ordering: .relaxed) <= 8)
    }

    @Test func cancellationEndsTheRead() async throws {
        let file = try await Fixture.h264.open()
        let (started, startedSignal) = AsyncStream<Void>.makeStream()
        let task = Task {
            for try await _ in file.frames(at: Array(repeating: 5, count: 1_000_000)) { startedSignal.yield() }
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func refusesFramesThatDoNotExist() async throws {
        let file = try await Fixture.h264.open()
        for wrong in [[100], [-1], [5, 4]] {
            await #expect(throws: MediaError.noSuchFrame(index: try #require(wrong.last), count: 100)) {
                try await file.frames(at: wrong).all()
            }
        }
        #expect(try await file.frames(at: []).all().isEmpty)
    }
}
