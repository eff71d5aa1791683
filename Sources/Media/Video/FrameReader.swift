import CFFmpeg
import Foundations

/// Decodes the chosen frames of one file, on the thread that calls `run`.
struct FrameReader {
    let source: ByteSource
    let parameters: StreamParameters
    let index: FrameIndex
    let limits: MediaLimits
    /// Wanted frame numbers, ascending, with repeats.
    let indices: [Int]
    let readGuard: ReadGuard

    private struct FrameIsMissing: Error {}

    /// Decodes and hands each wanted picture to `deliver`, in order, until that returns false.
    /// - Throws: `MediaError`, `CancellationError`.
    func run(deliver: @escaping (FrameJob) -> Bool) throws {
        var repeats: [Int: Int] = [:]
        var frames: [Int] = []
        for frame in indices {
            if frames.last != frame { frames.append(frame) }
            repeats[frame, default: 0] += 1
        }
        guard !frames.isEmpty else { return }
        let origin = index.time(ofFrame: 0)
        var delivered = 0
        let hand: (DecodedPicture, Int) throws -> Void = { picture, frame in
            readGuard.noteProgress()
            let job = FrameJob(
                picture: picture, index: frame, time: parameters.seconds(index.time(ofFrame: frame) &- origin),
                repeats: repeats[frame] ?? 1)
            guard deliver(job) else { throw CancellationError() }
            // Waiting for a slow consumer is no stall.
            readGuard.noteProgress()
            delivered += 1
        }
        do {
            try decode(DecodePlan(frames: frames, index: index), mayGuess: false, hand)
        } catch is FrameIsMissing {
            // A packet called itself a key frame and wasn't, or a frame is damaged: from the start, leaving nothing out.
            try decode(DecodePlan(frames: frames, from: delivered, straightThrough: index), mayGuess: true, hand)
        }
    }

    /// - Parameter mayGuess: whether a frame that doesn't come out is replaced by the one shown before it, as a player
    ///   does; otherwise it throws `FrameIsMissing`.
    private func decode(_ plan: DecodePlan, mayGuess: Bool, _ hand: (DecodedPicture, Int) throws -> Void) throws {
        let decoder = try StreamDecoder(parameters, limits: limits, threads: ProcessorCount.cores)
        var packets = try PacketCursor(source, parameters: parameters, index: index, limits: limits, guard: readGuard)
        let maySkip = !mayGuess && parameters.allowsSkippingUnreferenced && !index.countsFrames
        let wanted = Set(plan.frames.map { index.presentation[$0] })

        for (number, run) in plan.runs.enumerated() {
            if number > 0 { decoder.reset() }
            var match = FrameMatch(plan: plan, run: run, index: index, mayGuess: mayGuess)
            let receive: (UnsafeMutablePointer<AVFrame>) throws -> Void = { frame in
                try readGuard.check()
                readGuard.noteProgress()
                let picture = try DecodedPicture(movingFrom: frame)
                try match.add(picture, hand)
            }
            try packets.move(to: run.first)
            while packets.next <= run.last, !match.isComplete, try packets.read() {
                let ordinal = packets.next - 1
                decoder.skipsUnreferenced = maySkip && !wanted.contains(ordinal)
                try decoder.decode(packets.packet, receive)
            }
            if !match.isComplete { try decoder.decode(nil, receive) }
            try readGuard.check()
            try match.finish(hand)
        }
    }

    /// Pairs decoded pictures with the wanted frames of one run.
    private struct FrameMatch {
        let plan: DecodePlan
        let index: FrameIndex
        let mayGuess: Bool
        private var next: Int
        private let end: Int
        private var previous: DecodedPicture?
        private var seen = 0

        init(plan: DecodePlan, run: DecodePlan.Run, index: FrameIndex, mayGuess: Bool) {
            self.plan = plan
            self.index = index
            self.mayGuess = mayGuess
            next = run.frames.lowerBound
            end = run.frames.upperBound
        }

        var isComplete: Bool { next >= end }

        mutating func add(_ picture: DecodedPicture, _ hand: (DecodedPicture, Int) throws -> Void) throws {
            defer { seen += 1 }
            while next < end {
                let frame = plan.frames[next]
                let isPast = index.countsFrames ? frame < seen : index.time(ofFrame: frame) < picture.time
                let isThis = index.countsFrames ? frame == seen : index.time(ofFrame: frame) == picture.time
                if isThis {
                    try hand(picture, frame)
                    next += 1
                } else if isPast {
                    guard mayGuess else { throw FrameIsMissing() }
                    try hand(previous ?? picture, frame)
                    next += 1
                } else {
                    break
                }
            }
            previous = picture
        }

        mutating func finish(_ hand: (DecodedPicture, Int) throws -> Void) throws {
            while next < end {
                guard mayGuess || index.countsFrames else { throw FrameIsMissing() }
                guard let previous else { throw MediaError.damaged }
                try hand(previous, plan.frames[next])
                next += 1
            }
        }
    }
}
