import Foundation

/// Finds where somebody speaks in one recording, as its sound comes in.
// Safe to hand from thread to thread: every use holds `lock`.
package final class SpeechActivityDetector: @unchecked Sendable {
    private let detector: SileroDetector
    private var memory: SileroDetector.State
    private var state: SpeechActivityState
    /// From the next window on.
    private var rest: [Float] = []
    private let lock = NSLock()

    package init(_ detector: SileroDetector, options: SpeechActivityState.Options) {
        self.detector = detector
        memory = detector.begin()
        state = SpeechActivityState(options)
    }

    /// Takes the next 16 kHz samples, on a thread that may block; `isLast` ends the recording.
    /// - Returns: the stretches that are finished now, in samples from the start of the recording.
    /// - Throws: `NativeEngineError.computationFailed`.
    package func accept(_ samples: ArraySlice<Float>, isLast: Bool) throws -> [Range<Int>] {
        try lock.withLock {
            rest += samples
            var found: [Range<Int>] = []
            var start = 0
            // Windows overlap by what is before each; the first one begins the recording, so nothing is before it.
            let size = SpeechActivityState.context + SpeechActivityState.window
            while start + size <= rest.count {
                let probability = try detector.probability(rest[start..<start + size], &memory)
                if let stretch = state.add(probability) { found.append(stretch) }
                start += SpeechActivityState.window
            }
            rest.removeFirst(start)
            if isLast, let stretch = state.finish() { found.append(stretch) }
            return found
        }
    }

    /// Whether somebody is speaking at the end of what was taken.
    package var hears: Bool { lock.withLock { state.hears } }
}
