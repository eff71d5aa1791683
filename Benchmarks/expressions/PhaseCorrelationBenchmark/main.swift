import Expressions

// Matches blocks of noise with a baseline, as one frame after the other would be: 98 blocks at a time, on one thread.
//
//     PhaseCorrelationBenchmark BLOCKS

let frameBlocks = FaceRegion.allBlocks
let frames = max(1, (CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000) / frameBlocks)
let noise = (0..<(2 * frameBlocks * 49)).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
let correlation = PhaseCorrelation(window: .hann2d)
let baseline = correlation.spectra(Array(noise[..<(frameBlocks * 49)]))
var current = Array(noise[(frameBlocks * 49)...])

func pass(_ frames: Int, _ current: inout [UInt8]) -> (sum: Int, seconds: Double) {
    var sum = 0
    let started = ContinuousClock.now
    for frame in 0..<frames {
        current[frame % current.count] &+= 1
        for match in correlation.matches(correlation.spectra(current), with: baseline) { sum &+= match.x &+ match.y }
    }
    return (sum, (ContinuousClock.now - started) / .seconds(1))
}

_ = pass(min(frames, 100), &current)
let (sum, seconds) = pass(frames, &current)
print("{\"blocks\": \(frames * frameBlocks), \"blocks_per_second\": \(Double(frames * frameBlocks) / seconds), \"sum\": \(sum)}")
