import Foundations

/// When a call of a platform that failed is made again. A value: errors go in, what to do comes out.
struct PortPatience: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case wait(Duration)
        case giveUp
    }

    /// Calls of one kind, the first one included.
    var attempts = 3
    /// The wait after trouble; it doubles each time.
    var base: Duration = .seconds(1)
    /// Longest wait that a platform may ask for; beyond it the turn is better tried again later.
    var longest: Duration = .seconds(30)

    private(set) var failures = 0

    /// - Parameter isRepeatable: whether doing it twice does no harm. What surely wasn't done may always be done again.
    mutating func next(after error: ChatPortError, isRepeatable: Bool) -> Action {
        failures += 1
        guard failures < attempts else { return .giveUp }
        switch error {
        case .slowDown(let after): return after <= longest ? .wait(max(after, .milliseconds(1))) : .giveUp
        case .unavailable: return .wait(base * (1 << (failures - 1)))
        case .unanswered, .unexpectedAnswer: return isRepeatable ? .wait(base * (1 << (failures - 1))) : .giveUp
        case .notAuthorised, .conflict, .refused, .fileTooLarge: return .giveUp
        }
    }

    /// Calls until it works or doesn't help any more.
    func callAsFunction<T: Sendable>(isRepeatable: Bool = true, _ call: () async throws -> T) async throws -> T {
        var patience = self
        while true {
            do {
                return try await call()
            } catch let error as ChatPortError {
                guard case .wait(let wait) = patience.next(after: error, isRepeatable: isRepeatable) else { throw error }
                try await Task.sleep(for: wait)
            }
        }
    }
}

extension ChatPortError {
    /// Whether it may have been done all the same.
    var isUnclear: Bool { self == .unanswered || self == .unexpectedAnswer }
}
