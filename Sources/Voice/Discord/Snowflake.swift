import Foundation

/// Discord's ids: numbers that grow with time (https://discord.com/developers/docs/reference#snowflakes).
enum Snowflake {
    /// Milliseconds from 1970 to Discord's first second.
    private static let epoch = 1_420_070_400_000.0

    static func date(of id: UInt64) -> Date { Date(timeIntervalSince1970: (Double(id >> 22) + epoch) / 1000) }

    /// The first id of that moment.
    static func first(at date: Date) -> UInt64 {
        let milliseconds = date.timeIntervalSince1970 * 1000 - epoch
        return milliseconds > 0 ? UInt64(min(milliseconds, 4e12)) << 22 : 0
    }
}
