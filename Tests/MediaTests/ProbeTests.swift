import Foundation
import Foundations
import Media
import Testing

@Suite struct ProbeTests {
    @Test func describesH264() async throws {
        let info = try await Fixture.h264.open().info
        #expect(info.container.contains("mp4"))
        let video = try #require(info.video)
        #expect(video.codec == "h264")
        #expect(video.size == PixelSize(width: 192, height: 112))
        #expect(video.frameRate == 25)
        #expect(video.frameCount == 100 && video.frameCountIsExact)
        #expect(!video.isVariableFrameRate && !video.isInterlaced && !video.isHDR && !video.isFullRange)
        #expect(video.rotation == 0 && video.bitDepth == 8 && video.pixelFormat == "yuv420p")
        #expect(abs(video.duration - 4) < 0.001)
        let audio = try #require(info.audio)
        #expect(audio.codec == "aac" && audio.sampleRate == 48_000 && audio.channels == 1)
    }

    @Test func seesWhatIsSpecial() async throws {
        #expect(try await Fixture.variableRate.open().info.video?.isVariableFrameRate == true)
        #expect(try await Fixture.mkv.open().info.video?.isVariableFrameRate == false)
        #expect(try await Fixture.interlaced.open().info.video?.isInterlaced == true)
        #expect(try await Fixture.highBitDepth.open().info.video?.bitDepth == 10)
        let hdr = try #require(try await Fixture.hdr.open().info.video)
        #expect(hdr.isHDR && hdr.codec == "hevc" && hdr.bitDepth == 10)
        #expect(try await Fixture.motionJPEG.open().info.video?.isFullRange == true)
        #expect(try await Fixture.oddSize.open().info.video?.size == PixelSize(width: 321, height: 241))
    }

    @Test func variableRateTimesComeFromTheFile() async throws {
        let times = try await Fixture.variableRate.open().frameTimes()
        #expect(times.count == 100)
        for (index, time) in times.enumerated() {
            let expected = Double(index < 50 ? index : 50 + (index - 50) * 3) / 25
            #expect(abs(time - expected) < 0.001, "frame \(index)")
        }
    }

    @Test func soundWithoutVideo() async throws {
        let file = try await Fixture.audioOnly.open()
        #expect(file.info.video == nil)
        #expect(file.info.audio?.codec == "aac")
        await #expect(throws: MediaError.noVideoStream) { try await file.frames(at: [0]).all() }
        await #expect(throws: MediaError.noVideoStream) { try await file.frameTimes() }
        #expect(MediaError.noVideoStream.report.kind.status == 422)
    }

    @Test func truncatedFilesGiveWhatIsThere() async throws {
        for fixture in [Fixture.h264, .mkv, .transportStream] {
            let whole = try await fixture.data()
            let full = try await fixture.open().frames(at: Array(0..<100)).all()
            let file = try await MediaFile.open(.data(whole.prefix(whole.count * 6 / 10)))
            let count = try #require(file.info.video?.frameCount)
            #expect(count > 20 && count < 100)
            let frames = try await file.frames(at: Array(0..<count)).all()
            #expect(frames.count == count)
            for frame in frames.prefix(15) {
                let isSame = frame.image == full[frame.index].image
                #expect(isSame, "frame \(frame.index)")
            }
        }
    }

    @Test func truncatedBeforeTheIndexIsDamaged() async throws {
        let whole = try await Fixture.trailingIndex.data()
        await #expect(throws: MediaError.damaged) {
            try await MediaFile.open(.data(whole.prefix(whole.count * 6 / 10)))
        }
        #expect(MediaError.damaged.report.kind.status == 422)
    }

    @Test func corruptBytesNeverCrash() async throws {
        var whole = try await Fixture.h264.data()
        var state: UInt64 = 42
        for _ in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let offset = 6000 + Int(state >> 33) % (whole.count - 6000)
            whole[whole.startIndex + offset] ^= UInt8(truncatingIfNeeded: state >> 20) | 1
        }
        let file = try await MediaFile.open(.data(whole))
        let count = try #require(file.info.video?.frameCount)
        let frames = try await file.frames(at: Array(0..<count)).all()
        #expect(frames.map(\.index) == Array(0..<count))
    }

    @Test func refusesWhatIsNoMedia() async throws {
        let playlist = """
            #EXTM3U
            #EXT-X-TARGETDURATION:4
            #EXTINF:4,
            \(try await Fixture.transportStream.url().path)
            #EXTINF:4,
            http://127.0.0.1:9/segment.ts
            #EXT-X-ENDLIST
            """
        let concat = "ffconcat version 1.0\nfile '\(try await Fixture.h264.url().path)'\n"
        let dash = "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"></MPD>"
        let subtitles = "1\n00:00:00,000 --> 00:00:02,000\nHello\n"
        let svg = "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"
        let page = "<!doctype html><html><body>Not found</body></html>"
        for text in ["", "plain words, no media at all\n", playlist, concat, dash, subtitles, page] {
            await #expect(throws: MediaError.unsupportedFormat, "\(text.prefix(20))") {
                try await MediaFile.open(.data(Data(text.utf8)))
            }
            await #expect(throws: MediaError.unsupportedFormat, "\(text.prefix(20))") {
                try await ImageCodec.decode(Data(text.utf8))
            }
        }
        await #expect(throws: MediaError.self) { try await MediaFile.open(.data(Data(svg.utf8))) }
        #expect(MediaError.unsupportedFormat.report.kind.status == 415)
    }

    @Test func aPictureIsNoVideo() async throws {
        let image = RGBImage(width: 40, height: 30, pixels: Array(repeating: 90, count: 3600))
        for data in [try await ImageCodec.png(image), try await ImageCodec.jpeg(image, quality: 80)] {
            await #expect(throws: MediaError.pictureNotVideo) { try await MediaFile.open(.data(data)) }
        }
    }

    @Test func onlyRegularFilesAreOpened() async throws {
        for path in ["/dev/zero", "/", "/does/not/exist.mp4"] {
            await #expect(throws: MediaError.unreadable) { try await MediaFile.open(.file(URL(fileURLWithPath: path))) }
        }
        let remote = try #require(URL(string: "http://127.0.0.1:9/a.mp4"))
        await #expect(throws: MediaError.unreadable) { try await MediaFile.open(.file(remote)) }
    }

    @Test func limitsNameThemselves() async throws {
        var limits = MediaLimits()
        limits.maxPixels = 192 * 112 - 1
        await #expect(throws: MediaError.limitExceeded(limit: "media.max_pixels", found: 21504, allowed: 21503)) {
            try await Fixture.h264.open(limits: limits)
        }
        limits = MediaLimits()
        limits.maxSide = 191
        await #expect(throws: MediaError.limitExceeded(limit: "media.max_side", found: 192, allowed: 191)) {
            try await Fixture.transportStream.open(limits: limits)
        }
        limits = MediaLimits()
        limits.maxDuration = 3
        let tooLong = await #expect(throws: MediaError.self) { try await Fixture.mkv.open(limits: limits) }
        #expect(tooLong?.report.details["limit"] == .string("media.max_duration"))
        #expect(tooLong?.report.kind.status == 422)
        await #expect(throws: MediaError.limitExceeded(limit: "media.max_streams", found: 100, allowed: 32)) {
            try await Fixture.manyStreams.open()
        }
    }

    @Test func hugeDeclaredSizesAreRefusedUnallocated() async throws {
        var clip = try await Fixture.mpeg4AVI.data()
        let format = try #require(clip.firstRange(of: Data("strf".utf8)))
        for offset in [12, 16] {
            let place = format.lowerBound + offset
            clip.replaceSubrange(place..<place + 4, with: [0x60, 0xEA, 0, 0])
        }
        let refused = await #expect(throws: MediaError.self) { try await MediaFile.open(.data(clip)) }
        #expect(refused?.report.code == "media_limit_exceeded")
    }

    @Test func aSizeChangeInMidStreamStaysWithinLimits() async throws {
        var joined = try await Fixture.transportStream.data()
        joined.append(try await Fixture.interlaced.data())
        let file = try await MediaFile.open(.data(joined))
        let count = try #require(file.info.video?.frameCount)
        let frames = try await file.frames(at: Array(0..<count)).all()
        #expect(frames.map(\.index) == Array(0..<count))
        #expect(frames.allSatisfy { $0.image.size.pixels <= 192 * 112 })
    }

    @Test func noProgressInTimeIsAStall() async throws {
        var limits = MediaLimits()
        limits.stallTimeout = .zero
        await #expect(throws: MediaError.stalled) { try await Fixture.h264.open(limits: limits) }
        #expect(MediaError.stalled.report.kind.status == 504)
    }

    @Test func messagesLeakNothing() async throws {
        let url = URL(fileURLWithPath: "/does/not/exist-secret.mp4")
        let error = await #expect(throws: MediaError.self) { try await MediaFile.open(.file(url)) }
        #expect(error.map { !$0.report.message.contains("secret") } == true)
    }
}
