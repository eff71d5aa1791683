import Foundation
import Foundations
import Networking

/// Reads a page of the public web. Off unless the operator turns it on; what only this machine can reach stays out of reach.
public struct FetchTool: AgentTool {
    private let fetcher: GuardedFetcher
    private let configuration: FetchConfiguration
    private let folder: URL
    /// Characters of a page that a model is told.
    private static let maxShown = 20_000

    public let definition = ToolDefinition("fetch_url", "Read a text from the web.", required: [("url", "http or https")])

    /// - Parameter folder: where files lie while they are fetched.
    public init(configuration: FetchConfiguration, folder: URL) { self.init(configuration: configuration, folder: folder, fetcher: GuardedFetcher()) }

    package init(configuration: FetchConfiguration, folder: URL, fetcher: GuardedFetcher) {
        self.configuration = configuration
        self.folder = folder
        self.fetcher = fetcher
    }

    public func effect(of arguments: JSONValue) -> ToolEffect { .dangerous(reason: "reaches into the network") }

    public func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let fetched = try await fetcher.fetch(arguments.text("url"), into: folder, configuration: configuration, deadline: context.deadline)
        defer { try? FileManager.default.removeItem(at: fetched.file) }
        guard let data = try? Data(contentsOf: fetched.file, options: .alwaysMapped), let text = String(data: data, encoding: .utf8) else {
            throw ErrorReport(.unsupportedMedia, code: "not_text", "What is at this address isn't text in UTF-8.")
        }
        return ToolOutcome([
            "url": .string(fetched.finalURL), "content_type": fetched.contentType.map(JSONValue.string) ?? .null,
            "content": .string(String(text.prefix(Self.maxShown))), "truncated": .bool(text.count > Self.maxShown),
        ])
    }
}
