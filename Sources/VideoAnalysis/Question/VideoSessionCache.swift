import Foundation
import Media

/// What was worked out for videos asked about lately, so that a follow-up question starts with the answer: encoded
/// frames and evidence, bounded in bytes and time.
public actor VideoSessionCache {
    /// Frames as they went to a model.
    public struct Frames: Sendable {
        public var images: [Data]
        public var times: [Double]

        public init(images: [Data], times: [Double]) {
            self.images = images
            self.times = times
        }

        /// `count` of them, evenly spread, the first and the last included.
        func evenly(_ count: Int) -> Frames {
            let chosen = FrameSampling.linspace(from: 0, to: images.count - 1, count: min(count, images.count))
            return Frames(images: chosen.map { images[$0] }, times: chosen.map { times[$0] })
        }

        var bytes: Int { images.reduce(0) { $0 + $1.count } }
    }

    private enum Content {
        case frames(Frames)
        case evidence(EvidenceSummary)

        var bytes: Int {
            switch self {
            case .frames(let frames): frames.bytes
            case .evidence(let summary):
                512 + summary.tracks.count * 120 + summary.texts.reduce(0) { $0 + $1.text.utf8.count + 60 }
                    + summary.speech.reduce(0) { $0 + $1.text.utf8.count + 60 } + summary.scenes.count * 100
            }
        }
    }

    private struct Entry {
        var content: Content
        var used: ContinuousClock.Instant
        /// From then on it is stale, however lately it was used.
        var expires: ContinuousClock.Instant?
        var turn: Int
    }

    private let maxBytes: Int
    private let lifetime: Duration
    private var entries: [String: Entry] = [:]
    private var turn = 0

    /// - Parameter lifetime: how long something unused is kept.
    public init(maxBytes: Int = 256 << 20, lifetime: Duration = .seconds(900)) {
        self.maxBytes = maxBytes
        self.lifetime = lifetime
    }

    public func frames(_ key: String) -> Frames? {
        if case .frames(let frames) = use("frames-" + key) { frames } else { nil }
    }

    public func evidence(_ key: String) -> EvidenceSummary? {
        if case .evidence(let summary) = use("evidence-" + key) { summary } else { nil }
    }

    public func store(_ frames: Frames, _ key: String) { enter(.frames(frames), "frames-" + key, nil) }

    /// - Parameter limit: how long it is kept at most, used or not; `nil`: as long as it is used.
    public func store(_ summary: EvidenceSummary, _ key: String, for limit: Duration? = nil) {
        enter(.evidence(summary), "evidence-" + key, limit)
    }

    public var bytes: Int { entries.values.reduce(0) { $0 + $1.content.bytes } }

    private func use(_ key: String) -> Content? {
        expire()
        guard var entry = entries[key] else { return nil }
        turn += 1
        entry.used = .now
        entry.turn = turn
        entries[key] = entry
        return entry.content
    }

    private func enter(_ content: Content, _ key: String, _ limit: Duration?) {
        expire()
        guard content.bytes <= maxBytes else { return }
        turn += 1
        entries[key] = Entry(content: content, used: .now, expires: limit.map { .now + $0 }, turn: turn)
        while bytes > maxBytes, let oldest = entries.min(by: { $0.value.turn < $1.value.turn }) {
            entries[oldest.key] = nil
        }
    }

    private func expire() {
        let now = ContinuousClock.now
        entries = entries.filter { $0.value.used >= now - lifetime && ($0.value.expires ?? now) >= now }
    }
}
