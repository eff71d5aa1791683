import Foundations

/// Speed and time left of a transfer, from its recent past. Pure: times come in.
public struct TransferRate: Sendable {
    /// How far back the speed looks: long enough to be calm, short enough to notice a change.
    public static let window: Duration = .seconds(10)
    /// Samples closer than this to the one before are merged, which bounds their number.
    private static let spacing: Duration = .milliseconds(200)

    private var samples: [(time: Duration, bytes: Int64)] = []

    public init() {}

    /// - Parameters:
    ///   - bytes: all bytes so far. Fewer than before (a transfer began anew) forgets the past.
    ///   - time: on any clock that only goes forward.
    public mutating func record(bytes: Int64, at time: Duration) {
        if let last = samples.last, bytes < last.bytes || time < last.time { samples.removeAll() }
        if samples.count >= 2, let last = samples.last, time - last.time < Self.spacing { samples.removeLast() }
        samples.append((time, bytes))
        // One sample from before the window stays, so that the window is always covered.
        while samples.count > 2, samples[1].time <= time - Self.window { samples.removeFirst() }
    }

    /// `nil` before two samples stand apart in time.
    public var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return nil }
        return Double(last.bytes - first.bytes) / ((last.time - first.time) / .seconds(1))
    }

    /// Seconds until `total` bytes are there; `nil` while that can't be told.
    public func secondsLeft(total: Int64) -> Double? {
        guard let rate = bytesPerSecond, rate > 0, let last = samples.last else { return nil }
        return Double(max(0, total - last.bytes)) / rate
    }
}
