import Foundation

/// Numbers that are the same on every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From a normal distribution (Box and Muller).
    mutating func normal() -> Double {
        let (u, v) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}

/// A smooth scene of waves, which can be shifted by any fraction of a pixel exactly.
struct Scene {
    private var waves: [(u: Double, v: Double, phase: Double, height: Double)] = []

    /// - Parameter blur: standard deviation in pixels of the blur that the scene looks as if it had.
    init(seed: UInt64, blur: Double = 1.5) {
        var numbers = SeededNumbers(seed)
        for _ in 0..<220 {
            let (u, v) = (Double.random(in: -0.4...0.4, using: &numbers), Double.random(in: -0.4...0.4, using: &numbers))
            let height = exp(-2 * .pi * .pi * blur * blur * (u * u + v * v))
            waves.append((u, v, Double.random(in: 0..<2 * .pi, using: &numbers), height * numbers.normal()))
        }
        let power = waves.reduce(0) { $0 + $1.height * $1.height / 2 }.squareRoot()
        waves = waves.map { ($0.u, $0.v, $0.phase, $0.height / power) }
    }

    /// Grey levels of the scene moved by (dx, dy), x to the right and y downwards.
    func picture(width: Int, height: Int, dx: Double, dy: Double, noise: Double = 0, numbers: inout SeededNumbers) -> [Double] {
        (0..<width * height).map { index in
            let (x, y) = (Double(index % width) - dx, Double(index / width) - dy)
            let value = waves.reduce(0) { $0 + $1.height * cos(2 * .pi * ($1.u * x + $1.v * y) + $1.phase) }
            let level = 128 + 40 * value + (noise > 0 ? noise * numbers.normal() : 0)
            return min(255, max(0, level.rounded()))
        }
    }
}

/// A folder that is gone after the test.
func inTemporaryFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
