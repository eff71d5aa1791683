/// What waits to be handed on, as a value. Within a channel what was missed goes before what comes now; channels don't wait for each
/// other's gaps.
package struct DiscordDeliveries: Sendable {
    package enum Delivery: Sendable, Equatable {
        case message(BotMessage)
        case missed(DiscordChannels.Gap, bot: String)
    }

    private var messages: [BotMessage] = []
    private var gaps: [(gap: DiscordChannels.Gap, bot: String)] = []

    package init() {}

    /// Messages that wait.
    package var count: Int { messages.count }

    package mutating func add(_ message: BotMessage) { messages.append(message) }

    /// - Parameter bot: the bot's own user id.
    package mutating func add(_ gap: DiscordChannels.Gap, bot: String) {
        // The older gap covers what the newer one does.
        if !gaps.contains(where: { $0.gap.channel == gap.channel }) { gaps.append((gap, bot)) }
    }

    package mutating func next() -> Delivery? {
        let behindGaps = Set(gaps.map(\.gap.channel))
        if let index = messages.firstIndex(where: { !behindGaps.contains($0.chat) }) { return .message(messages.remove(at: index)) }
        // All that wait do so for gaps: those come first.
        let waiting = Set(messages.map(\.chat))
        guard let index = gaps.firstIndex(where: { waiting.contains($0.gap.channel) }) ?? gaps.indices.first else { return nil }
        let (gap, bot) = gaps.remove(at: index)
        return .missed(gap, bot: bot)
    }
}
