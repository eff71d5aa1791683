import Foundations
import Media

/// Asks about frames of one video: decodes them in order, asks about several at a time, and remembers what was answered.
package struct FrameLooks: Sendable {
    let file: MediaFile
    /// Presentation times of all frames.
    let times: [Double]
    let answerer: any TagAnswerer
    let tags: [String]
    let context: RequestContext
    /// Frames asked about at once.
    let width: Int

    struct Look: Sendable {
        var requested: Double
        var observation: TagObservation
        /// Why there was no answer.
        var failure: ErrorReport?
        /// Whether it cost a call: several times may lie on one frame.
        var isNew: Bool
    }

    private static let tries = 3
    private static let retryBase: Duration = .milliseconds(500)
    private static let retryCap: Duration = .seconds(10)

    /// The frame that is shown at a time.
    package static func frame(at time: Double, in times: [Double]) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time + 1e-6 { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// - Parameters:
    ///   - requested: seconds, ascending.
    ///   - known: answers of frames, by frame; grows.
    ///   - each: hears of every look as it comes.
    /// - Throws: `MediaError`, `CancellationError`.
    func look(
        at requested: [Double], known: inout [Int: [Double?]], each: (Look) throws -> Void
    ) async throws {
        guard !times.isEmpty else {
            for time in requested { try each(Look(requested: time, observation: .failed(at: time, tags: tags.count), failure: MediaError.noVideoStream.report, isNew: false)) }
            return
        }
        var wanted: [Int: [Double]] = [:]
        for time in requested { wanted[Self.frame(at: time, in: times), default: []].append(time) }
        func tell(_ frame: Int, _ scores: [Double?]?, _ failure: ErrorReport? = nil, isNew: Bool) throws {
            let time = times[frame]
            let observation = scores.map { TagObservation(time: time, scores: $0) } ?? .failed(at: time, tags: tags.count)
            for (number, time) in (wanted[frame] ?? []).enumerated() {
                try each(Look(requested: time, observation: observation, failure: failure, isNew: isNew && number == 0))
            }
        }
        var asked: [Int] = []
        for frame in wanted.keys.sorted() {
            if let scores = known[frame] { try tell(frame, scores, isNew: false) } else { asked.append(frame) }
        }
        guard !asked.isEmpty else { return }
        let side = answerer.longSide
        let frames = file.frames(at: asked) { try PictureOperations.shrunk($0, longSide: side) }
        try await withThrowingTaskGroup(of: (frame: Int, result: Result<[Double?], ErrorReport>).self) { group in
            var running = 0
            func enter(_ answer: (frame: Int, result: Result<[Double?], ErrorReport>)) throws {
                running -= 1
                switch answer.result {
                case .success(let scores):
                    known[answer.frame] = scores
                    try tell(answer.frame, scores, isNew: true)
                case .failure(let report): try tell(answer.frame, nil, report, isNew: true)
                }
            }
            for try await frame in frames {
                if running >= width, let answer = try await group.next() { try enter(answer) }
                running += 1
                group.addTask { (frame.index, try await self.ask(frame.image)) }
            }
            while let answer = try await group.next() { try enter(answer) }
        }
    }

    private func ask(_ image: RGBImage) async throws -> Result<[Double?], ErrorReport> {
        var attempt = 1
        while true {
            do {
                return .success(try await answerer.scores(of: image, tags: tags, context: context))
            } catch {
                try Task.checkCancellation()
                let report = ErrorReport(error)
                guard attempt < Self.tries, [.busy, .upstream, .unavailable, .timeout].contains(report.kind) else { return .failure(report) }
                let wait = max(Self.retryBase * Double(1 << (attempt - 1)), report.retryAfter ?? .zero)
                try await Task.sleep(for: min(wait, Self.retryCap))
                attempt += 1
            }
        }
    }
}
