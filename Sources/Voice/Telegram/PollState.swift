/// How a bot asks Telegram for messages, as a value: answers go in, the next thing to do comes out.
///
/// Telegram forgets an update when it is asked for later ones. So the offset moves only when a message was accepted: whatever happens
/// before, Telegram delivers it again.
package struct PollState: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        /// Find out the bot's name, delete a webhook that is set, announce the commands.
        case prepare
        case poll(offset: Int?)
        case accept(BotMessage)
        case wait(Duration)
        case end(ChatPortError)
    }

    /// The first update that wasn't accepted yet; `nil`: Telegram has forgotten all that were.
    package private(set) var offset: Int?
    private var pending: ArraySlice<TelegramUpdate> = []
    private var isPrepared = false
    private var backOff = TelegramBackOff()
    private var conflicts = TelegramBackOff(base: .seconds(10), cap: .seconds(120))
    private var refusals = TelegramBackOff()

    package init() {}

    /// Whether Telegram couldn't be asked the last time.
    package var isFailing: Bool { backOff.failures > 0 || conflicts.failures > 0 }

    /// What to do at first, and after a wait.
    package mutating func next() -> Action { isPrepared ? .poll(offset: offset) : .prepare }

    package mutating func prepared() -> Action {
        isPrepared = true
        return .poll(offset: offset)
    }

    package mutating func received(_ updates: [TelegramUpdate]) -> Action {
        backOff.reset()
        conflicts.reset()
        // Asked with the offset, Telegram has forgotten all before it. Ids may begin anew after a quiet week, below any old offset.
        if updates.isEmpty { offset = nil }
        pending = updates[...]
        return advance()
    }

    /// The message at hand can't be lost any more.
    package mutating func accepted() -> Action {
        refusals.reset()
        if let update = pending.popFirst() { offset = update.id + 1 }
        return advance()
    }

    /// The message at hand couldn't be kept: it is asked for again, and all after it.
    /// - Parameter jitter: 0 to 1.
    package mutating func notAccepted(jitter: Double) -> Action {
        pending = []
        return .wait(refusals.next(jitter: jitter))
    }

    /// Telegram couldn't be asked.
    /// - Parameter jitter: 0 to 1.
    package mutating func failed(_ error: ChatPortError, jitter: Double) -> Action {
        switch error {
        case .notAuthorised: return .end(error)
        case .conflict:
            // Another process polls, or a webhook was set meanwhile: that is deleted then.
            isPrepared = false
            return .wait(conflicts.next(jitter: jitter))
        case .slowDown(let rest): return .wait(max(rest, backOff.next(jitter: jitter)))
        default: return .wait(backOff.next(jitter: jitter))
        }
    }

    /// Passes over what is nothing for us.
    private mutating func advance() -> Action {
        while let update = pending.first {
            if let message = update.message { return .accept(message) }
            offset = update.id + 1
            pending.removeFirst()
        }
        return .poll(offset: offset)
    }
}
