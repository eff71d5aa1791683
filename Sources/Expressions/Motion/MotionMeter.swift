import CVision
import Foundations

/// A face in one frame, with all that its motions are measured from.
struct FaceView: Sendable {
    /// Where the detector found the face.
    var face: PixelBox
    var landmarks: [Landmark]
    /// Of the three regions, in order.
    var boxes: [PixelBox]
}

/// The face that others are compared with, transformed once.
struct MotionBaseline: Sendable {
    fileprivate let pictures: [GreyPicture]
    fileprivate let narrow: [PhaseCorrelation.Spectra]
    fileprivate let wide: [WidePhaseCorrelation.Spectra]
    fileprivate let stabiliser: FaceStabiliser?
}

/// What moved between the baseline and a frame: of all blocks in column order.
struct FaceMotion: Sendable {
    var blocks: [BlockMotion]
    /// Mean dense flow of each block: pixels of the resized region, x to the right, y upwards.
    var flow: [BlockMotion]?
}

/// Measures the motions of a face's blocks.
struct MotionMeter: Sendable {
    private let estimator: MotionEstimator
    private let withFlow: Bool
    private let correlation: PhaseCorrelation
    private let wideCorrelation = WidePhaseCorrelation()

    init(_ estimator: MotionEstimator, withFlow: Bool) {
        self.estimator = estimator
        self.withFlow = withFlow
        correlation = PhaseCorrelation(window: estimator == .none ? .none : .hann2d)
    }

    func baseline(_ view: FaceView, in picture: GreyPicture) throws -> MotionBaseline {
        let stabiliser = estimator == .improved ? FaceStabiliser(picture, landmarks: view.landmarks, boxes: view.boxes) : nil
        let prepared = try prepare(view, picture, stabiliser)
        return MotionBaseline(pictures: prepared.pictures, narrow: prepared.narrow, wide: prepared.wide, stabiliser: stabiliser)
    }

    func motion(of view: FaceView, in picture: GreyPicture, from baseline: MotionBaseline) throws -> FaceMotion {
        let now = try prepare(view, picture, baseline.stabiliser)
        var blocks: [BlockMotion] = []
        blocks.reserveCapacity(FaceRegion.allBlocks)
        if estimator == .improved {
            for (current, first) in zip(now.wide, baseline.wide) {
                blocks += wideCorrelation.motions(current, from: first).map { Self.rounded($0.motion) }
            }
        } else {
            for (current, first) in zip(now.narrow, baseline.narrow) {
                blocks += correlation.matches(current, with: first).map { BlockMotion(x: Double($0.x), y: Double($0.y)) }
            }
        }
        guard withFlow else { return FaceMotion(blocks: blocks, flow: nil) }
        var flow: [BlockMotion] = []
        for (region, (first, current)) in zip(FaceRegion.allCases, zip(baseline.pictures, now.pictures)) {
            flow += try RegionFlow.blocks(of: region, from: first, to: current)
        }
        return FaceMotion(blocks: blocks, flow: flow)
    }

    /// Ten-thousandths of a pixel: further digits would be noise.
    private static func rounded(_ motion: BlockMotion) -> BlockMotion {
        BlockMotion(x: (motion.x * 10_000).rounded() / 10_000, y: (motion.y * 10_000).rounded() / 10_000)
    }

    private typealias Prepared = (pictures: [GreyPicture], narrow: [PhaseCorrelation.Spectra], wide: [WidePhaseCorrelation.Spectra])

    private func prepare(_ view: FaceView, _ picture: GreyPicture, _ stabiliser: FaceStabiliser?) throws -> Prepared {
        var prepared: Prepared = ([], [], [])
        guard let stabiliser else {
            for (region, box) in zip(FaceRegion.allCases, view.boxes) {
                let resized = try picture.stretched(box, width: region.width, height: region.height)
                prepared.narrow.append(correlation.spectra(Self.blocks(of: resized, region)))
                prepared.pictures.append(resized)
            }
            return prepared
        }
        let motion = stabiliser.motion(to: picture, landmarks: view.landmarks)
        for region in FaceRegion.allCases {
            let patch = stabiliser.patch(region, of: picture, motion: motion)
            prepared.wide.append(wideCorrelation.spectra(patch, columns: region.columns, rows: region.rows))
            if withFlow { prepared.pictures.append(Self.middle(of: patch, region)) }
        }
        return prepared
    }

    /// The pixels of a region's blocks, block after block.
    private static func blocks(of picture: GreyPicture, _ region: FaceRegion) -> [UInt8] {
        let side = BlockMotion.side
        var pixels: [UInt8] = []
        pixels.reserveCapacity(region.blocks * side * side)
        for row in 0..<region.rows {
            for column in 0..<region.columns {
                for y in 0..<side {
                    let start = (row * side + y) * picture.width + column * side
                    pixels += picture.pixels[start..<start + side]
                }
            }
        }
        return pixels
    }

    /// A patch without what lies beside its region's blocks.
    private static func middle(of patch: [Float], _ region: FaceRegion) -> GreyPicture {
        let (before, side) = (WidePhaseCorrelation.before, BlockMotion.side)
        let (columns, rows) = (region.columns * side, region.rows * side)
        let width = before + columns + WidePhaseCorrelation.behind
        let pixels = (0..<rows * columns).map { UInt8(min(255, max(0, patch[($0 / columns + before) * width + $0 % columns + before].rounded()))) }
        return GreyPicture(width: columns, height: rows, pixels: pixels)
    }
}

/// Dense optical flow within a region, as a stage and a result of its own.
enum RegionFlow {
    /// The mean flow of each block.
    static func blocks(of region: FaceRegion, from first: GreyPicture, to current: GreyPicture) throws -> [BlockMotion] {
        let (width, side) = (first.width, BlockMotion.side)
        var flow = [Float](repeating: 0, count: first.pixels.count * 2)
        try callVision { cv_region_flow(first.pixels, current.pixels, Int32(width), Int32(first.height), &flow, $0, $1) }
        return (0..<region.blocks).map { block in
            var sum = SIMD2<Double>.zero
            for y in 0..<side {
                for x in 0..<side {
                    let at = ((block / region.columns * side + y) * width + block % region.columns * side + x) * 2
                    sum += SIMD2(Double(flow[at]), Double(flow[at + 1]))
                }
            }
            let mean = (sum / Double(side * side) * 10_000).rounded(.toNearestOrEven) / 10_000
            return BlockMotion(x: mean.x, y: mean.y == 0 ? 0 : -mean.y)
        }
    }
}
