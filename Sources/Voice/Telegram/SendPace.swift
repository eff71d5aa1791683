/// When a bot may send: so many messages in each chat, and so many a second over all, with short bursts. A value: time comes in, turns
/// come out.
///
/// Whoever sends books a turn in the chat, waits for it, and then books one over all: chats that have long to wait take nothing from others.
///
/// Each limit is kept as one point in time: the one at which everything that was booked is paid for. A burst may run ahead of it.
package struct SendPace: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// A message every `interval` in the long run, `burst` of them at once after a rest.
    package struct Limit: Sendable, Equatable {
        package var interval: Duration
        package var burst: Int

        package init(interval: Duration, burst: Int) {
            self.interval = interval
            self.burst = burst
        }

        fileprivate var head: Duration { interval * (burst - 1) }
    }

    package enum Kind: Sendable {
        /// Changes what people read: takes one of the chat's turns.
        case message
        /// Anything else: waits for the chat's turn without taking it.
        case call
    }

    package enum Turn: Sendable, Equatable {
        case at(Instant)
        /// The turn would come too late, after so long. Nothing is booked.
        case tooLate(after: Duration)
    }

    private let overall: Limit
    private let chat: Limit
    private let group: Limit
    private var paid: Instant?
    private var paidByChat: [String: Instant] = [:]
    /// When the rests end that Telegram has asked for.
    private var rests: [String: Instant] = [:]
    /// Chats that are kept in mind before those at rest are looked for.
    private var swept = 256

    /// The defaults stay within what Telegram allows, with their bursts: 30 messages a second, one a second in a chat with short bursts, 20 a
    /// minute in a group (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
    package init(
        overall: Limit = Limit(interval: .milliseconds(40), burst: 5), chat: Limit = Limit(interval: .seconds(1), burst: 3),
        group: Limit = Limit(interval: .seconds(4), burst: 4)
    ) {
        self.overall = overall
        self.chat = chat
        self.group = group
    }

    package var knownChats: Int { paidByChat.count }

    /// Books the next turn in a chat.
    package mutating func book(_ kind: Kind, in chat: String, at now: Instant, before latest: Instant) -> Turn {
        let limit = limit(of: chat)
        let paid = max(paidByChat[chat] ?? now, now)
        let turn = max(now, paid - limit.head)
        guard turn < latest else { return .tooLate(after: turn - now) }
        if kind == .message {
            sweep(at: now)
            paidByChat[chat] = paid + limit.interval
        }
        return .at(turn)
    }

    /// Books the next turn over all.
    package mutating func bookOverall(at now: Instant, before latest: Instant) -> Turn {
        let paid = max(self.paid ?? now, now)
        let turn = max(now, paid - overall.head)
        guard turn < latest else { return .tooLate(after: turn - now) }
        self.paid = paid + overall.interval
        return .at(turn)
    }

    /// Telegram has asked for a rest in this chat. Afterwards messages go on one by one. Turns that were booked before and come during the
    /// rest must be booked anew.
    package mutating func hold(_ chat: String, until instant: Instant) {
        rests[chat] = max(rests[chat] ?? instant, instant)
        let resting = instant + limit(of: chat).head
        paidByChat[chat] = max(paidByChat[chat] ?? resting, resting)
    }

    package func isResting(_ chat: String, at now: Instant) -> Bool { rests[chat].map { now < $0 } ?? false }

    /// The ids of groups are negative.
    private func limit(of chat: String) -> Limit { chat.hasPrefix("-") ? group : self.chat }

    /// Forgets chats that are at rest; they have all their turns again.
    private mutating func sweep(at now: Instant) {
        guard paidByChat.count >= swept else { return }
        paidByChat = paidByChat.filter { $0.value > now }
        rests = rests.filter { $0.value > now }
        swept = max(256, 2 * paidByChat.count)
    }
}
