import Foundation
import Foundations

/// So many messages in a time that ends now.
public struct RateWindow: Sendable, Equatable {
    public enum Span: Int, Sendable, CaseIterable {
        case minute = 60
        case hour = 3600
        case day = 86_400

        var duration: Duration { .seconds(rawValue) }
    }

    public var span: Span
    public var limit: Int

    /// What happened longer ago counts for nothing.
    static let longest = Span.day.duration

    public init(_ span: Span, limit: Int) {
        self.span = span
        self.limit = limit
    }
}

/// Decides about a message of somebody, text and voice alike. Knows no database and no clock.
///
///     let policy = SendersPolicy(configuration.telegram.access)
///     let verdict = policy.verdict(on: "4711", facts, at: Date())
public struct SendersPolicy: Sendable, Equatable {
    /// What is known of somebody.
    public struct Facts: Sendable, Equatable {
        public var isBlocked = false
        /// When the last message but `limit - 1` of each window was accepted; `nil`: there were fewer.
        public var limiting: [RateWindow.Span: Date] = [:]
        /// When somebody was last told that they may not talk to the bot, or that they write too fast.
        public var refused: Date?
        public var slowed: Date?

        public init(isBlocked: Bool = false, limiting: [RateWindow.Span: Date] = [:], refused: Date? = nil, slowed: Date? = nil) {
            self.isBlocked = isBlocked
            self.limiting = limiting
            self.refused = refused
            self.slowed = slowed
        }
    }

    public enum Verdict: Sendable, Equatable {
        case welcome(isAdmin: Bool)
        /// May not talk to the bot.
        case stranger(isTold: Bool)
        case blocked(isTold: Bool)
        /// Has written `window.limit` messages within the window.
        case tooFast(RateWindow, wait: Duration, isTold: Bool)
    }

    public var access: BotAccess

    /// Somebody is told no so often.
    private static let refusalsApart: Duration = .seconds(86_400)
    private static let slowingsApart: Duration = .seconds(60)

    public init(_ access: BotAccess) { self.access = access }

    public var windows: [RateWindow] {
        [RateWindow(.minute, limit: access.perMinute), RateWindow(.hour, limit: access.perHour), RateWindow(.day, limit: access.perDay)]
    }

    public func isAdmin(_ user: String) -> Bool { access.admins.contains(user) }

    /// Whether somebody may talk to the bot, unless blocked.
    public func admits(_ user: String) -> Bool { access.isOpen || access.users.contains(user) || isAdmin(user) }

    public func verdict(on user: String, _ facts: Facts, at now: Date) -> Verdict {
        let mayRefuse = facts.refused.map { now >= $0 + Self.refusalsApart } ?? true
        guard admits(user) else { return .stranger(isTold: mayRefuse) }
        // Whoever keeps the bot can't lock himself out, nor be slowed down.
        if isAdmin(user) { return .welcome(isAdmin: true) }
        if facts.isBlocked { return .blocked(isTold: mayRefuse) }
        // The window that opens last says when to come back.
        let waits = windows.compactMap { window -> (window: RateWindow, wait: TimeInterval)? in
            guard let limiting = facts.limiting[window.span] else { return nil }
            let wait = (limiting + window.span.duration).timeIntervalSince(now)
            return wait > 0 ? (window, wait) : nil
        }
        if let longest = waits.max(by: { $0.wait < $1.wait }) {
            let mayTell = facts.slowed.map { now >= $0 + Self.slowingsApart } ?? true
            return .tooFast(longest.window, wait: .seconds(longest.wait), isTold: mayTell)
        }
        return .welcome(isAdmin: false)
    }
}
