import Foundations
import Synchronization

/// Adds up what the parallel transfers of one model have done, and reports it.
final class FetchTally: Sendable {
    private struct State {
        var done: [String: Int64] = [:]
        var totals: [String: Int64] = [:]
        var rate = TransferRate()
        var lastReport: Duration?
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let progress: ProgressHandler

    init(progress: @escaping ProgressHandler) { self.progress = progress }

    /// - Parameters:
    ///   - bytes: of that transfer so far.
    ///   - total: as soon as it is known.
    func update(_ transfer: String, bytes: Int64, total: Int64?) {
        let now = ContinuousClock.now - start
        let report: ProgressUpdate? = state.withLock { state in
            state.done[transfer] = bytes
            if let total { state.totals[transfer] = total }
            let done = state.done.values.reduce(0, +)
            // The sum is known once every transfer's part of it is.
            let isKnown = state.done.keys.allSatisfy { state.totals[$0] != nil }
            let total = state.totals.values.reduce(0, +)
            state.rate.record(bytes: done, at: now)
            let isComplete = isKnown && done >= total
            // Ten reports a second are as many as anyone can read.
            if let last = state.lastReport, now - last < .milliseconds(100), !isComplete { return nil }
            state.lastReport = now
            let speed = state.rate.bytesPerSecond.map { ByteCount.text(Int($0)) + "/s" }
            // A stalled transfer's estimate may be any number; a day says enough.
            let left = (isKnown ? state.rate.secondsLeft(total: total) : nil).map {
                "about \(DurationText.text(.seconds(Int(min($0, 86_400).rounded(.up))))) left"
            }
            let note = [speed, left].compactMap(\.self).joined(separator: ", ")
            return ProgressUpdate(
                stage: "download", done: Double(done), total: isKnown ? Double(total) : nil, unit: .bytes,
                note: note.isEmpty ? nil : note)
        }
        if let report { progress(report) }
    }

    /// Reports another stage (`unpack`, `verify`) in bytes.
    func report(stage: String, done: Int64, total: Int64?, note: String? = nil) {
        progress(
            ProgressUpdate(stage: stage, done: Double(done), total: total.map(Double.init), unit: .bytes, note: note))
    }
}
