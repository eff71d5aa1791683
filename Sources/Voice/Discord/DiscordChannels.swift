import Foundation

/// Where the bot was talked to, and up to which message everything is known: what is written while there is no session can be
/// fetched later.
package struct DiscordChannels: Sendable, Equatable {
    /// A gap in what is known.
    package struct Gap: Sendable, Equatable {
        package var channel: String
        /// The last message that is known.
        package var after: String
        /// `nil`: the platform has to be asked.
        package var isDirect: Bool?

        package init(channel: String, after: String, isDirect: Bool?) {
            self.channel = channel
            self.after = after
            self.isDirect = isDirect
        }
    }

    private struct Known: Sendable, Equatable {
        var last: UInt64
        var isDirect: Bool?
    }

    private var known: [String: Known] = [:]

    private static let most = 1000
    /// Answers to older messages would come as a surprise.
    private static let maxAge: TimeInterval = 86_400

    /// - Parameter seen: the last known message of each channel, as an earlier run of the program knew them.
    package init(seen: [String: String] = [:]) {
        for (channel, message) in seen {
            if let number = UInt64(message) { known[channel] = Known(last: number, isDirect: nil) }
        }
        shrink()
    }

    /// Notes that a message came.
    /// - Parameter isForBot: other messages count only in channels where the bot was talked to before.
    package mutating func note(_ message: String, in channel: String, isDirect: Bool, isForBot: Bool) {
        guard let number = UInt64(message), isForBot || known[channel] != nil else { return }
        known[channel] = Known(last: max(number, known[channel]?.last ?? 0), isDirect: isDirect)
        shrink()
    }

    private mutating func shrink() {
        while known.count > Self.most, let oldest = known.min(by: { $0.value.last < $1.value.last }) { known[oldest.key] = nil }
    }

    /// The channel is gone, or closed to the bot.
    package mutating func forget(_ channel: String) { known[channel] = nil }

    /// What may have been missed by now, in the channels used last first.
    package func gaps(now: Date) -> [Gap] {
        let earliest = Snowflake.first(at: now - Self.maxAge)
        return known.sorted { ($0.value.last, $0.key) > ($1.value.last, $1.key) }.map { channel, known in
            Gap(channel: channel, after: String(max(known.last, earliest)), isDirect: known.isDirect)
        }
    }
}
