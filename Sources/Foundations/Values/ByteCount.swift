import Foundation

/// Sizes as people write them: `500MiB`, `1.5 GB`, `1048576`.
public enum ByteCount {
    private static let units: [(name: String, factor: Double)] = [
        ("tib", 1_099_511_627_776), ("gib", 1_073_741_824), ("mib", 1_048_576), ("kib", 1024),
        ("tb", 1e12), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1), ("", 1),
    ]

    /// `nil` when the text isn't a size or is too large.
    public static func parse(_ text: String) -> Int? {
        let lowered = text.trimmingCharacters(in: .whitespaces).lowercased()
        for (name, factor) in units where lowered.hasSuffix(name) {
            let digits = lowered.dropLast(name.count).trimmingCharacters(in: .whitespaces)
            guard let value = Double(digits), value.isFinite, value >= 0, value * factor < 9e18 else { continue }
            return Int(value * factor)
        }
        return nil
    }

    /// Binary units, at most one decimal: `468.6 MiB`.
    public static func text(_ bytes: Int) -> String {
        for (name, factor) in [("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0)]
        where Double(bytes) >= factor {
            let value = Double(bytes) / factor
            return value == value.rounded() ? "\(Int(value)) \(name)" : String(format: "%.1f %@", value, name)
        }
        return "\(bytes) B"
    }
}

/// Durations as people write them: `30s`, `5m`, `1.5h`, `500ms`, or plain seconds.
public enum DurationText {
    public static func parse(_ text: String) -> Duration? {
        let lowered = text.trimmingCharacters(in: .whitespaces).lowercased()
        for (name, milliseconds) in [("ms", 1.0), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1000)]
        where lowered.hasSuffix(name) {
            guard let value = Double(lowered.dropLast(name.count).trimmingCharacters(in: .whitespaces)),
                value.isFinite, abs(value * milliseconds) < 1e15
            else { continue }
            return .milliseconds(Int64((value * milliseconds).rounded()))
        }
        return nil
    }

    public static func text(_ duration: Duration) -> String {
        let milliseconds = Int(duration / .milliseconds(1))
        if milliseconds % 1000 != 0 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        if seconds >= 3600, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds >= 60, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
