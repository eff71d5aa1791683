/// Mono sound, samples between -1 and 1.
public struct AudioSamples: Sendable {
    /// Samples per second. Speech models take 16 000.
    public let sampleRate: Int
    public let samples: [Float]

    public init(sampleRate: Int, samples: [Float]) {
        self.sampleRate = sampleRate
        self.samples = samples
    }

    /// Length in seconds.
    public var duration: Double { Double(samples.count) / Double(sampleRate) }
}
