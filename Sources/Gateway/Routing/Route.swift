import Foundations
import HTTPTypes
import Hummingbird

/// One route, declared once: the router, the access rules and the OpenAPI document are all made from it.
package struct Route: Sendable {
    package typealias Handler = @Sendable (Request, GatewayContext, GatewayServices) async throws -> Response

    /// A body or an answer: its media type and JSON schema.
    package struct Content: Sendable {
        package var type: String
        package var schema: JSONValue

        package static func json(_ schema: JSONValue) -> Content { Content(type: "application/json", schema: schema) }
    }

    package struct Answer: Sendable {
        package var status: Int
        package var about: String
        package var content: [Content]

        package init(_ status: Int = 200, _ about: String = "Successful Response", _ content: Content...) {
            self.status = status
            self.about = about
            self.content = content
        }
    }

    /// A parameter of the address behind the question mark; none is required.
    package struct Query: Sendable {
        package var name: String
        package var schema: JSONValue
        package var about: String

        package init(_ name: String, _ schema: JSONValue, _ about: String) {
            self.name = name
            self.schema = schema
            self.about = about
        }
    }

    package var method: HTTPRequest.Method
    /// A template: `/v1/models/{id}`.
    package var path: String
    package var operationID: String
    package var summary: String
    package var about: String
    package var tag: String?
    package var queries: [Query]
    package var body: Content?
    /// An empty body is taken too.
    package var bodyIsOptional: Bool
    package var answers: [Answer]
    /// Statuses of the error envelope that callers should expect besides 401 and 500.
    package var errors: [Int]
    /// Needs no token. The list of such routes is short and tested.
    package var isAnonymous: Bool
    /// The last parameter takes the rest of the path, slashes included.
    package var takesRest: Bool
    package var handler: Handler

    package init(
        _ method: HTTPRequest.Method, _ path: String, operationID: String, summary: String, about: String,
        tag: String? = nil, queries: [Query] = [], body: Content? = nil, bodyIsOptional: Bool = false, answers: [Answer], errors: [Int] = [], isAnonymous: Bool = false,
        takesRest: Bool = false, handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.operationID = operationID
        self.summary = summary
        self.about = about
        self.tag = tag
        self.queries = queries
        self.body = body
        self.bodyIsOptional = bodyIsOptional
        self.answers = answers
        self.errors = errors
        self.isAnonymous = isAnonymous
        self.takesRest = takesRest
        self.handler = handler
    }

    /// The path as the router takes it.
    package var pattern: String {
        guard takesRest, let brace = path.lastIndex(of: "{") else { return path }
        return path[..<brace] + "**"
    }
}
