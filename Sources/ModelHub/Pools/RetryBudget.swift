/// Keeps retries a share of the requests, so that they can't multiply the load on endpoints that fail because of it.
struct RetryBudget: Sendable, Equatable {
    private let share: Double
    private let reserve: Double
    private var saved: Double

    /// - Parameters:
    ///   - share: retries earned by each good request.
    ///   - reserve: retries that can be saved up, and are there at the start.
    init(share: Double, reserve: Int) {
        self.share = share
        self.reserve = Double(reserve)
        saved = Double(reserve)
    }

    mutating func requestDone() { saved = min(reserve, saved + share) }

    mutating func spend() -> Bool {
        guard saved >= 1 else { return false }
        saved -= 1
        return true
    }
}
