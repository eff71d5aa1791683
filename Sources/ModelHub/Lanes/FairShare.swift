/// Whose turn it is among keys: round robin with a memory, as numbers that requests are sorted by.
///
/// Each request of a key gets the turn after the key's last one, but never one that has passed already. So a key with many
/// requests takes every other turn beside a key with few, and one that was silent saves nothing up.
/// (Start-time fair queueing, Goyal, Vin and Cheng 1996, with every request of weight one.)
struct FairShare: Sendable, Equatable {
    /// The turn of the request that was served last.
    private var current = 0
    /// The turn after each key's last one, where it lies ahead.
    private var next: [String: Int] = [:]

    /// The turn that the key's next request would get.
    func peek(_ key: String) -> Int { max(current, next[key] ?? 0) }

    mutating func take(_ key: String) -> Int {
        let turn = peek(key)
        next[key] = turn + 1
        return turn
    }

    /// The key's last request left without being served: its later ones moved up by one.
    mutating func giveBack(_ key: String) {
        guard let turn = next[key] else { return }
        next[key] = turn - 1
    }

    mutating func served(turn: Int) {
        guard turn > current else { return }
        current = turn
        next = next.filter { $0.value > turn }
    }
}
