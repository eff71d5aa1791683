/// Steps of a sampler.
package struct SamplerProgress: Sendable, Equatable {
    package var done: Int
    package var total: Int

    package init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }
}

/// Reads the sampler's progress from what `sd-server` writes: it tells it nowhere else.
///
///     \r  |=====================================>            | 3/4 - 29.15it/s\e[K
///
/// Loading weights is drawn the same way with megabytes for its unit, and is passed over.
package struct SamplerProgressParser: Sendable {
    /// A line that is longer isn't one of these.
    private static let longest = 256
    private static let mostSteps = 10_000

    private var line: [UInt8] = []
    private var isTooLong = false

    package init() {}

    /// Takes the next bytes, however they are cut.
    package mutating func take(_ bytes: some Sequence<UInt8>) -> [SamplerProgress] {
        var found: [SamplerProgress] = []
        for byte in bytes {
            switch byte {
            // The escape that clears the rest of the line ends a bar sooner than the next one's beginning.
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"), 0x1B:
                if !isTooLong, let progress = Self.parse(String(decoding: line, as: UTF8.self)) { found.append(progress) }
                line.removeAll(keepingCapacity: true)
                isTooLong = false
            default:
                if line.count < Self.longest { line.append(byte) } else { isTooLong = true }
            }
        }
        return found
    }

    /// Reads one bar; `nil` when it isn't the sampler's.
    static func parse(_ line: String) -> SamplerProgress? {
        // Slow steps are told the other way round: `3/4 - 2.10s/it`.
        guard let match = line.firstMatch(of: /^ *\|[=> ]*\| (\d{1,5})\/(\d{1,5}) - [0-9.]+(?:it\/s|s\/it)$/),
            let done = Int(match.output.1), let total = Int(match.output.2), total > 0, total <= mostSteps, done <= total
        else { return nil }
        return SamplerProgress(done: done, total: total)
    }
}
