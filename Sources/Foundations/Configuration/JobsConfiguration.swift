/// Where what must last is kept.
public struct DatabaseConfiguration: Sendable, Equatable {
    /// `postgres://user:password@host:5432/name`; `nil`: SQLite in `data_dir`.
    public var url: String?
    /// Connections to PostgreSQL at once.
    public var connections = 8

    public init() {}
}

/// Durable jobs.
public struct JobsConfiguration: Sendable, Equatable {
    /// Jobs that this server works on at once; 0: none, others do (`martlet work`).
    public var workers = 2
    /// How long a job stays a silent worker's.
    public var lease: Duration = .seconds(30)
    public var maxAttempts = 3
    /// The wait before the second attempt; doubles with each.
    public var retryBase: Duration = .seconds(2)
    public var retryCap: Duration = .seconds(300)
    /// Jobs that may wait; further ones get 429.
    public var maxWaiting = 200_000
    /// How long jobs are kept after their end.
    public var retention: Duration = .seconds(30 * 86_400)

    public init() {}
}

/// The library of videos.
public struct LibraryConfiguration: Sendable, Equatable {
    /// Folders whose videos may be added.
    public var roots: [String] = []
    /// The share of looks at a video that may fail before its analysis does.
    public var failureBudget = 0.1

    public init() {}
}

extension ConfigurationKey {
    static let jobsKeys: [ConfigurationKey] = [
        databaseURL,
        .integer("database.connections", \.database.connections, 1...100, "Connections to PostgreSQL at once."),

        .integer("jobs.workers", \.jobs.workers, 0...64, "Jobs worked on at once; 0: none here, martlet work does them."),
        .duration("jobs.lease", \.jobs.lease, "How long a job stays with a worker that is silent."),
        .integer("jobs.max_attempts", \.jobs.maxAttempts, 1...100, "Attempts before a job counts as failed."),
        .duration("jobs.retry_base", \.jobs.retryBase, "Wait before the second attempt; doubles with each."),
        .duration("jobs.retry_cap", \.jobs.retryCap, "Longest wait between two attempts."),
        .integer("jobs.max_waiting", \.jobs.maxWaiting, 1...10_000_000, "Jobs that may wait; further ones get 429."),
        .duration("jobs.retention", \.jobs.retention, "How long jobs are kept after their end."),

        .texts("library.roots", \.library.roots, "Folders whose videos may be added to the library."),
        .number("library.failure_budget", \.library.failureBudget, 0...1, "Share of looks that may fail before an analysis does."),
    ]

    private static let databaseURL = ConfigurationKey(
        path: "database.url", help: "PostgreSQL: postgres://user:password@host:5432/name. Null: SQLite in data_dir."
    ) { configuration, written throws(Unfit) in
        let text = try string(written)
        configuration.database.url = ["", "null", "~"].contains(text) ? nil : text
    } render: { $0.database.url.map { .string(withoutPassword($0)) } ?? .null }

    /// The address as it may be shown.
    private static func withoutPassword(_ address: String) -> String {
        guard let scheme = address.range(of: "://"), let at = address[scheme.upperBound...].lastIndex(of: "@") else {
            return address.contains("password") ? mask : address
        }
        let user = address[scheme.upperBound..<at]
        guard let colon = user.firstIndex(of: ":") else { return address }
        return address[..<colon] + ":" + mask + address[at...]
    }
}
