/// Which packets to decode for a choice of frames: a few runs, each from a key frame up to the last packet needed.
package struct DecodePlan: Sendable, Equatable {
    package struct Run: Sendable, Equatable {
        /// Decode ordinals of the first and the last packet.
        package var first: Int
        package var last: Int
        /// The frames this run yields: a range of positions in `frames`.
        package var frames: Range<Int>
    }

    /// Wanted frame numbers, each once, ascending.
    package let frames: [Int]
    package let runs: [Run]

    /// Skipping fewer packets than this costs more (the decoder runs dry and starts anew) than decoding them.
    package static let shortestSkip = 6

    /// - Parameter frames: distinct, ascending, all valid in `index`.
    package init(frames: [Int], index: FrameIndex) {
        var runs: [Run] = []
        if index.countsFrames {
            // Frames are told apart by counting from the first, so all packets are decoded.
            if !frames.isEmpty { runs = [Run(first: 0, last: index.times.count - 1, frames: 0..<frames.count)] }
        } else {
            for (position, frame) in frames.enumerated() {
                let ordinal = index.presentation[frame]
                let entry = index.entry(for: ordinal)
                if let run = runs.last, entry - run.last <= Self.shortestSkip {
                    runs[runs.count - 1].last = max(run.last, ordinal)
                    runs[runs.count - 1].frames = run.frames.lowerBound..<position + 1
                } else {
                    runs.append(Run(first: entry, last: ordinal, frames: position..<position + 1))
                }
            }
        }
        self.frames = frames
        self.runs = runs
    }

    /// Everything from the first packet on in one run, for the frames from `position` on: the way out when a key frame
    /// turned out to be none.
    package init(frames: [Int], from position: Int, straightThrough index: FrameIndex) {
        self.frames = frames
        runs = [Run(first: 0, last: index.times.count - 1, frames: position..<frames.count)]
    }
}
