import Foundations
import Media
import Testing

/// Whatever numbers come in, sampling answers or throws; it never traps.
@Suite struct SamplingBoundsTests {
    static let integers = [Int.min, -1, 0, 1, 2, 3, 1000, 1 << 32, 1 << 40, 1 << 62, .max]
    static let numbers = [
        -Double.infinity, -.greatestFiniteMagnitude, -1, -0.0, .leastNonzeroMagnitude, 1e-6, 0.5, 30, 1e6, 1e18,
        .greatestFiniteMagnitude, .infinity, .nan,
    ]

    private func quietly(_ body: () throws -> Void) throws {
        do { try body() } catch is SamplingError {}
    }

    @Test func videosOfAnySizeAndRate() throws {
        for total in Self.integers {
            for rate in Self.numbers {
                try quietly {
                    let plan = try FrameSampling.plan(
                        totalFrames: total, frameRate: rate, size: PixelSize(width: 640, height: 480), options: .init())
                    #expect(plan.indices.count >= 2 && plan.indices.allSatisfy { (0..<total).contains($0) })
                }
                for edge in Self.numbers {
                    try quietly { _ = try FrameSampling.frameRange(totalFrames: total, frameRate: rate, start: edge, end: nil) }
                    try quietly { _ = try FrameSampling.frameRange(totalFrames: total, frameRate: rate, start: nil, end: edge) }
                }
            }
        }
    }

    @Test func anyNumberInAnyField() throws {
        let fields: [WritableKeyPath<VideoSamplingOptions, Int?>] = [
            \.frameCount, \.minFrames, \.maxFrames, \.minPixels, \.maxPixels, \.totalPixels,
        ]
        for first in fields {
            for second in fields {
                for one in Self.integers {
                    for other in Self.integers {
                        var options = VideoSamplingOptions()
                        options[keyPath: first] = one
                        options[keyPath: second] = other
                        try quietly {
                            let plan = try FrameSampling.plan(
                                totalFrames: 5000, frameRate: 30, size: PixelSize(width: 640, height: 480), options: options)
                            #expect(plan.indices.count <= MediaLimits().maxSampledFrames)
                            #expect(plan.size.pixels <= MediaLimits().maxPixels)
                        }
                        try quietly {
                            _ = try FrameSampling.plan(frames: [PixelSize(width: 640, height: 480)], options: options)
                        }
                    }
                }
            }
        }
    }

    @Test func picturesOfAnySize() throws {
        for width in Self.integers {
            for height in Self.integers {
                let size = PixelSize(width: width, height: height)
                for bound in Self.numbers {
                    try quietly { _ = try SmartResize.size(for: size, factor: 32, minPixels: bound, maxPixels: bound) }
                    try quietly { _ = try SmartResize.size(for: size, factor: 28, minPixels: 3136, maxPixels: bound) }
                }
                try quietly { _ = try SmartResize.imageSize(for: size, patchSize: width, minPixels: height, maxPixels: width) }
                try quietly { _ = try SmartResize.size(for: size, factor: height, minPixels: 1, maxPixels: 1e6) }
                var options = VideoSamplingOptions()
                options.resized = size
                try quietly {
                    _ = try FrameSampling.plan(
                        totalFrames: 100, frameRate: 25, size: PixelSize(width: 64, height: 64), options: options)
                }
                try quietly { _ = try FrameSampling.plan(frames: [size, size], options: .init()) }
            }
        }
    }

    @Test func linesBetweenAnyNumbers() {
        for start in Self.integers {
            for end in Self.integers {
                for count in [Int.min, -1, 0, 1, 2, 7] {
                    #expect(FrameSampling.linspace(from: start, to: end, count: count).count == max(0, count))
                }
            }
        }
    }

    @Test func tooManyFramesNameTheLimit() {
        var options = VideoSamplingOptions()
        options.frameCount = 4000
        #expect(throws: SamplingError.tooManyFrames(asked: 4000, limit: 2048)) {
            try FrameSampling.plan(
                totalFrames: 5000, frameRate: 30, size: PixelSize(width: 640, height: 480), options: options)
        }
    }
}
