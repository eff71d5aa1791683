import Foundation

/// How a picture's content moved between two neighbouring frames, in shares of the picture.
public struct CameraStep: Sendable, Equatable {
    /// Seconds of the two frames.
    public var from: Double
    public var to: Double
    /// Rightwards, in shares of the width; downwards, in shares of the height.
    public var dx: Double
    public var dy: Double
    /// Natural logarithm of the growth.
    public var growth: Double
    /// Whether enough of the picture agrees with this motion. If not, the motion counts as none.
    public var isReliable: Bool

    public init(from: Double, to: Double, dx: Double, dy: Double, growth: Double, isReliable: Bool) {
        self.from = from
        self.to = to
        self.dx = dx
        self.dy = dy
        self.growth = growth
        self.isReliable = isReliable
    }

    /// Where a point of the background goes; coordinates from 0 to 1.
    public func moved(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
        guard isReliable else { return point }
        let scale = exp(growth)
        return (0.5 + (point.x - 0.5) * scale + dx, 0.5 + (point.y - 0.5) * scale + dy)
    }
}

/// The camera's motion over one scene, in words.
public enum CameraMotion {
    /// Shares of the picture that the whole motion of a scene must reach to be named.
    static let leastShift = 0.05
    static let leastGrowth = 0.025
    /// Mean shift a step from which undirected motion is called shaky.
    static let shaking = 0.008

    /// `still`, `pan left`, `pan right`, `tilt up`, `tilt down`, `zoom in`, `zoom out`, two of them joined by `and`,
    /// `shaky`, or `unknown` when the frames could not be compared.
    public static func name(_ steps: [CameraStep]) -> String {
        let usable = steps.filter(\.isReliable)
        guard !steps.isEmpty else { return "still" }
        guard usable.count * 2 >= steps.count else { return "unknown" }

        func total(_ value: (CameraStep) -> Double) -> (sum: Double, path: Double) {
            usable.reduce((0, 0)) { ($0.0 + value($1), $0.1 + abs(value($1))) }
        }
        let x = total(\.dx)
        let y = total(\.dy)
        let z = total(\.growth)
        func isSteady(_ motion: (sum: Double, path: Double)) -> Bool { abs(motion.sum) >= 0.6 * motion.path }

        // The strength of each, as the shift it causes at the picture's edge.
        var motions: [(strength: Double, name: String)] = []
        if isSteady(x), abs(x.sum) >= leastShift { motions.append((abs(x.sum), x.sum > 0 ? "pan left" : "pan right")) }
        if isSteady(y), abs(y.sum) >= leastShift { motions.append((abs(y.sum), y.sum > 0 ? "tilt up" : "tilt down")) }
        if isSteady(z), abs(z.sum) >= leastGrowth { motions.append((abs(z.sum) / 2, z.sum > 0 ? "zoom in" : "zoom out")) }
        motions.sort { $0.strength > $1.strength }
        if let first = motions.first {
            let second = motions.dropFirst().first { $0.strength >= 0.6 * first.strength }
            return second.map { "\(first.name) and \($0.name)" } ?? first.name
        }
        let restlessness = (x.path + y.path) / Double(usable.count)
        return restlessness >= shaking && !(isSteady(x) && isSteady(y)) ? "shaky" : "still"
    }
}
