import Foundations
import Hummingbird
import NIOCore

/// What travels with a request through the middleware to its handler.
package struct GatewayContext: Hummingbird.RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    package let record = RequestRecord()
    package var requestID = ""
    /// The name of the caller's token; `anonymous` without one.
    package var keyName = "anonymous"
    package var deadline = Deadline.after(.seconds(900))
    package var trace: Trace?
    /// The request as a whole, where it is traced.
    package var span: Span?
    package var priority = Foundations.RequestContext.Priority.interactive

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The context that layers below know.
    package var foundation: Foundations.RequestContext {
        Foundations.RequestContext(
            id: requestID, keyName: keyName, deadline: deadline, priority: priority, trace: trace)
    }

    /// A parameter of the path, decoded; empty where the route has none of that name.
    package func parameter(_ name: String) -> String { Self.decoded(parameters.get(name) ?? "") }

    /// The rest of the path, decoded, for routes that take it.
    package var rest: String { Self.decoded(parameters.getCatchAll().joined(separator: "/")) }

    private static func decoded(_ raw: String) -> String { raw.removingPercentEncoding ?? raw }

    package var maxUploadSize: Int { 0 }
}
