import Foundations
import Media
import Testing

/// Still images and lists of frames against `fetch_image` and `fetch_video` of `qwen-vl-utils` 0.0.14.
@Suite struct StillAndListTests {
    struct Cases: Decodable {
        var lists: [ListCase]
        var images: [ImageCase]
    }

    struct Parameters: Decodable {
        var min_pixels: Int?
        var max_pixels: Int?
        var total_pixels: Int?
        var resized_height: Int?
        var resized_width: Int?
        var sample_fps: Double?
        var raw_fps: Double?

        var resized: PixelSize? {
            guard let resized_height, let resized_width else { return nil }
            return PixelSize(width: resized_width, height: resized_height)
        }
    }

    struct ImageCase: Decodable {
        var height: Int
        var width: Int
        var patch: Int
        var params: Parameters
        var error: String?
        var resized: [Int]?
    }

    struct ListCase: Decodable {
        var height: Int
        var width: Int
        var count: Int
        var patch: Int
        var params: Parameters
        var error: String?
        var nframes: Int?
        var still: [Int]?
        var resized: [Int]?
        var sample_fps: Double?
        var meta_fps: Double?
        var meta_total: Double?

        func plan() throws -> FrameListPlan {
            var options = VideoSamplingOptions()
            options.minPixels = params.min_pixels
            options.maxPixels = params.max_pixels
            options.totalPixels = params.total_pixels
            options.resized = params.resized
            options.patchSize = patch
            return try FrameSampling.plan(
                frames: Array(repeating: PixelSize(width: width, height: height), count: count),
                sampleRate: params.sample_fps, sourceFrameRate: params.raw_fps, options: options)
        }
    }

    @Test func stillImagesEqualTheReference() throws {
        let cases: Cases = try Golden.load("qwen_random_cases")
        #expect(cases.images.filter { $0.error == nil }.count >= 60)
        for (number, expected) in cases.images.enumerated() {
            let compute = {
                try SmartResize.imageSize(
                    for: PixelSize(width: expected.width, height: expected.height), resized: expected.params.resized,
                    patchSize: expected.patch, minPixels: expected.params.min_pixels, maxPixels: expected.params.max_pixels)
            }
            guard expected.error == nil else {
                #expect(throws: SamplingError.self, "image \(number)") { try compute() }
                continue
            }
            let size = try compute()
            #expect([size.height, size.width] == expected.resized, "image \(number)")
        }
    }

    @Test func listsEqualTheReference() throws {
        let cases: Cases = try Golden.load("qwen_random_cases")
        #expect(cases.lists.filter { $0.error == nil }.count >= 30)
        for (number, expected) in cases.lists.enumerated() {
            guard expected.error == nil else {
                #expect(throws: SamplingError.self, "list \(number)") { try expected.plan() }
                continue
            }
            let plan = try expected.plan()
            #expect(plan.indices.count == expected.nframes, "list \(number)")
            #expect(plan.indices.last == expected.count - 1)
            #expect([plan.stillSize.height, plan.stillSize.width] == expected.still, "list \(number)")
            #expect([plan.size.height, plan.size.width] == expected.resized, "list \(number)")
            #expect(plan.sampleRate == expected.sample_fps, "list \(number)")
            #expect(plan.sourceFrameRate == expected.meta_fps, "list \(number)")
            #expect(plan.sourceFrameCount == expected.meta_total, "list \(number)")
        }
    }

    @Test func theLastOfAnOddNumberIsRepeated() throws {
        let size = PixelSize(width: 320, height: 240)
        let plan = try FrameSampling.plan(frames: [size, size, size], options: .init())
        #expect(plan.indices == [0, 1, 2, 2])
        #expect(plan.stillSize == PixelSize(width: 320, height: 256))
        #expect(plan.size == PixelSize(width: 416, height: 352))
        #expect(plan.tokens == 2 * 11 * 13)
        let frame = plan.resize(RGBImage(width: 320, height: 240, pixels: [UInt8](repeating: 77, count: 320 * 240 * 3)))
        #expect(frame.size == plan.size)
        #expect(frame.pixels.allSatisfy { $0 == 77 })
    }

    @Test func listsThatMakeNoVideoAreRefused() {
        let size = PixelSize(width: 320, height: 240)
        #expect(throws: SamplingError.self) { try FrameSampling.plan(frames: [], options: .init()) }
        #expect(throws: SamplingError.self) {
            try FrameSampling.plan(frames: [size, PixelSize(width: 240, height: 320)], options: .init())
        }
        for rate in [0, -1, Double.nan, .infinity] {
            #expect(throws: SamplingError.self) {
                try FrameSampling.plan(frames: [size], sampleRate: rate, options: .init())
            }
            #expect(throws: SamplingError.self) {
                try FrameSampling.plan(frames: [size], sourceFrameRate: rate, options: .init())
            }
        }
    }
}
