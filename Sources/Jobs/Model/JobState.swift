/// Where a job stands, and what may happen to it then. The store writes its conditions from this table, so that no two processes
/// can take a job along different ways.
public enum JobState: String, Sendable, CaseIterable, Codable {
    /// Waits for its first attempt.
    case pending
    /// A worker has it.
    case processing
    /// An attempt failed; waits for the next one.
    case retrying
    case completed
    case failed
    case cancelled

    public enum Event: Sendable, CaseIterable {
        /// A worker takes it.
        case claim
        /// Its worker is done with it.
        case complete
        /// An attempt failed, and another one may help.
        case failForNow
        /// An attempt failed, and no other one would help, or none is left.
        case fail
        /// Its worker gives it back unfinished, as when a server stops, or is gone.
        case release
        /// A person stops it.
        case cancel
        /// A person wants it tried again.
        case retry
    }

    /// The state after the event; `nil` where the event can't happen.
    public func after(_ event: Event) -> JobState? {
        switch (self, event) {
        case (.pending, .claim), (.retrying, .claim): .processing
        case (.processing, .complete): .completed
        case (.processing, .failForNow), (.processing, .release): .retrying
        case (.processing, .fail): .failed
        case (.pending, .cancel), (.processing, .cancel), (.retrying, .cancel): .cancelled
        case (.failed, .retry), (.cancelled, .retry): .pending
        default: nil
        }
    }

    /// The states in which the event can happen.
    public static func allowing(_ event: Event) -> [JobState] { allCases.filter { $0.after(event) != nil } }

    /// The states of jobs that aren't over.
    public static let open = allCases.filter { !$0.isOver }

    /// Nothing more happens unless a person asks for it.
    public var isOver: Bool { self == .completed || self == .failed || self == .cancelled }
}
