import Foundation
import Media
import Testing

/// Resized pixels against torchvision's antialiased bicubic (frames of a video) and Pillow's (still images).
@Suite struct ResizedPixelsTests {
    /// Patterns that the reference resized too.
    enum Pattern: String, Decodable {
        case waves, noise, shades

        func picture(width: Int, height: Int) -> RGBImage {
            var pixels: [UInt8] = []
            pixels.reserveCapacity(width * height * 3)
            for y in 0..<height {
                for x in 0..<width {
                    for c in 0..<3 { pixels.append(sample(x, y, c, width: width, height: height)) }
                }
            }
            return RGBImage(width: width, height: height, pixels: pixels)
        }

        private func sample(_ x: Int, _ y: Int, _ c: Int, width: Int, height: Int) -> UInt8 {
            switch self {
            case .waves: UInt8((7 * x + 13 * y + 29 * c + 5 * ((x * y) % 17)) % 256)
            case .noise: UInt8(Self.scatter(x, y, c) & 255)
            case .shades: UInt8((x * 160 / width + y * 80 / height + c * 5 + Int(Self.scatter(x, y, c) & 7)) % 256)
            }
        }

        private static func scatter(_ x: Int, _ y: Int, _ c: Int) -> UInt32 {
            var value = UInt32(truncatingIfNeeded: (x &* 73_856_093) ^ (y &* 19_349_663) ^ (c &* 83_492_791))
            value = (value ^ (value >> 13)) &* 0x5BD1_E995
            return value >> 15
        }
    }

    struct MeasuredCases: Decodable {
        struct Case: Decodable {
            var h: Int
            var w: Int
            var out_h: Int
            var out_w: Int
            var torch_chw: [Int]
            var pillow_chw: [Int]

            /// Rows of pixels from planes.
            func interleaved(_ planes: [Int]) -> [UInt8] {
                (0..<(out_h * out_w * 3)).map { UInt8(planes[$0 % 3 * out_h * out_w + $0 / 3]) }
            }
        }
        var cases: [Case]
    }

    struct RandomCases: Decodable {
        struct Case: Decodable {
            var pattern: Pattern
            var height: Int
            var width: Int
            var new_height: Int
            var new_width: Int
            /// One row of so many is stored.
            var every: Int
            var video: Data
            var still: Data
        }
        var cases: [Case]
    }

    private func compareFrames(_ ours: [UInt8], _ theirs: [UInt8], _ name: Comment) {
        #expect(ours.count == theirs.count, name)
        let differences = zip(ours, theirs).map { abs(Int($0) - Int($1)) }
        #expect((differences.max() ?? 0) <= 1, name)
        #expect(Double(differences.count(where: { $0 == 0 })) >= 0.999 * Double(theirs.count), name)
    }

    @Test func measuredCases() throws {
        let golden: MeasuredCases = try Golden.load("resize_cases")
        #expect(golden.cases.count == 3)
        for expected in golden.cases {
            let source = Pattern.waves.picture(width: expected.w, height: expected.h)
            let target = PixelSize(width: expected.out_w, height: expected.out_h)
            let name: Comment = "\(source.size) to \(target)"
            let frame = BicubicResizer(from: source.size, to: target).resize(source)
            compareFrames(frame.pixels, expected.interleaved(expected.torch_chw), name)
            let still = StillImageResize.resize(source, to: target)
            #expect(still.pixels == expected.interleaved(expected.pillow_chw), name)
        }
    }

    @Test func randomCases() throws {
        let golden: RandomCases = try Golden.load("resize_random_cases")
        #expect(golden.cases.count >= 12)
        for expected in golden.cases {
            let source = expected.pattern.picture(width: expected.width, height: expected.height)
            let target = PixelSize(width: expected.new_width, height: expected.new_height)
            let name: Comment = "\(expected.pattern) \(source.size) to \(target)"
            let rows = { (image: RGBImage) in
                stride(from: 0, to: image.height, by: expected.every).flatMap { row in
                    image.pixels[(row * image.width * 3)..<((row + 1) * image.width * 3)]
                }
            }
            let frame = BicubicResizer(from: source.size, to: target).resize(source)
            compareFrames(rows(frame), [UInt8](expected.video), name)
            #expect(rows(StillImageResize.resize(source, to: target)) == [UInt8](expected.still), name)
        }
    }

    @Test func oneResizerServesManyFrames() {
        let source = Pattern.noise.picture(width: 90, height: 70)
        let target = PixelSize(width: 64, height: 32)
        let resizer = BicubicResizer(from: source.size, to: target)
        let first = resizer.resize(source)
        _ = resizer.resize(Pattern.waves.picture(width: 90, height: 70))
        #expect(resizer.resize(source) == first)
    }

    @Test func sameSizeKeepsEverySample() {
        let source = Pattern.noise.picture(width: 33, height: 21)
        #expect(BicubicResizer(from: source.size, to: source.size).resize(source) == source)
        #expect(StillImageResize.resize(source, to: source.size) == source)
    }

    @Test func oneColourStaysOneColour() {
        for level: UInt8 in [0, 1, 127, 254, 255] {
            let source = RGBImage(width: 57, height: 43, pixels: [UInt8](repeating: level, count: 57 * 43 * 3))
            for target in [PixelSize(width: 32, height: 64), PixelSize(width: 128, height: 32)] {
                let frame = BicubicResizer(from: source.size, to: target).resize(source)
                #expect(frame.pixels.allSatisfy { $0 == level })
                #expect(StillImageResize.resize(source, to: target).pixels.allSatisfy { $0 == level })
            }
        }
    }
}
