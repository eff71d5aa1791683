import Foundations
import HTTPTypes
import Hummingbird
import Voice

/// Messages of conversations: seen, compared, deleted. Where administrators are named, others see what they themselves said here, and what
/// they were answered.
enum HistoryRoutes {
    private static let tag = "Voice"

    private static let filters: [Route.Query] = [
        .init("platform", Schemas.choice(MessagePlatform.allCases.map(\.rawValue)), "Where the conversation took place."),
        .init("user_id", Schemas.string, "Messages of this user and to them."), .init("chat_id", Schemas.string, "Messages in this chat."),
        .init("message_type", Schemas.choice(HistoryMessage.Kind.allCases.map(\.rawValue)), "The messages' kind."),
    ]
    private static let hours = Route.Query("hours", ["type": "number", "exclusiveMinimum": 0], "How far to look back; 24 without it.")

    static let routes = [
        Route(
            .get, "/v1/history/messages", operationID: "listMessages", summary: "Messages", about: "Messages, newest first.", tag: tag,
            queries: filters + [
                .init("limit", ["type": "integer", "minimum": 1, "maximum": 1000], "The most; 50 without it."),
                .init("before", ["type": "integer"], "Only messages before this one."),
            ], answers: [.init(200, "Messages", .json(Schemas.reference("Messages")))], errors: [403, 422, 503]
        ) { request, context, services in
            let fields = query(request)
            let filter = try filter(fields, context, services)
            let limit = fields.integer(.integer("limit", 1...1000, "The most")) ?? 50
            let before = fields.integer(.integer("before", 1...Int(Int32.max) << 20, "A message's id"))
            try fields.finish(.unprocessable)
            return .json(try await history(services).messages(filter, before: before.map(Int64.init), limit: limit).json)
        },
        Route(
            .get, "/v1/history/messages/{id}", operationID: "retrieveMessage", summary: "One message", about: "One message.", tag: tag,
            answers: [.init(200, "The message", .json(Schemas.reference("Message")))], errors: [404, 503]
        ) { _, context, services in
            guard let id = Int64(context.parameter("id")) else { throw HistoryError.messageNotFound }
            let message = try await history(services).message(id)
            if !services.isAdmin(context.keyName), message.platform != .web || message.user != context.keyName { throw HistoryError.messageNotFound }
            return .json(message.json)
        },
        Route(
            .delete, "/v1/history/messages", operationID: "deleteMessages", summary: "Delete messages",
            about: "Deletes everything that is kept of a user, a chat or a platform. One of them must be named.", tag: tag,
            queries: Array(filters.prefix(3)), answers: [.init(200, "Deleted", .json(Schemas.object(["deleted": Schemas.integer])))],
            errors: [400, 403, 422, 503]
        ) { request, context, services in
            let fields = query(request)
            var selection = MessageSelection(
                platform: fields.choice("platform", of: MessagePlatform.self), user: fields.string("user_id"), chat: fields.string("chat_id"))
            try fields.finish(.unprocessable)
            if selection.isEmpty { throw HistoryError.nothingSelected }
            (selection.platform, selection.user) = try scope(selection.platform, selection.user, context, services)
            return .json(["deleted": .integer(try await history(services).delete(selection))])
        },
        Route(
            .get, "/v1/history/stats", operationID: "messageStatistics", summary: "Counts", about: "How many messages of each kind.", tag: tag,
            answers: [.init(200, "Counts", .json(["type": "object"]))], errors: [403, 503]
        ) { _, context, services in
            try services.requireAdmin(context.keyName)
            return .json(try await history(services).statistics().json)
        },
        Route(
            .get, "/v1/history/analysis", operationID: "analyzeMessages", summary: "Analysis",
            about: "What was wrong with messages that were sent: cut, split, too long, broken markup.", tag: tag, queries: filters + [hours],
            answers: [.init(200, "The analysis", .json(["type": "object"]))], errors: [403, 422, 503]
        ) { request, context, services in
            let fields = query(request)
            let filter = try filter(fields, context, services)
            let hours = span(fields)
            try fields.finish(.unprocessable)
            return .json(try await history(services).analysis(filter, hours: hours).json)
        },
        Route(
            .post, "/v1/history/compare", operationID: "compareMessages", summary: "Compare",
            about: "The sent message that is most like a text, and where they differ.", tag: tag,
            body: .json(Schemas.object(["expected": Schemas.string])),
            answers: [.init(200, "The comparison", .json(["type": "object"]))], errors: [400, 403, 404, 415, 422, 503]
        ) { request, context, services in
            let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
            let expected = fields.requiredString("expected")
            let filter = try filter(fields, context, services)
            let hours = span(fields)
            try fields.finish(.unprocessable)
            guard let comparison = try await history(services).comparison(expected, filter, hours: hours) else { throw HistoryError.messageNotFound }
            return .json(comparison.json)
        },
        Route(
            .post, "/v1/history/validate", operationID: "validateMessage", summary: "Validate",
            about: "Whether a platform would take a text as it is.", tag: tag,
            body: .json(
                Schemas.object([
                    "text": Schemas.string, "platform": Schemas.choice(MessagePlatform.allCases.map(\.rawValue)),
                ])),
            answers: [.init(200, "The verdict", .json(["type": "object"]))], errors: [400, 415, 422]
        ) { request, context, services in
            let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
            let text = fields.requiredString("text")
            let platform = fields.choice("platform", of: MessagePlatform.self)
            let mode = fields.string("parse_mode")
            if platform == nil { fields.fault("platform", "missing", "'platform' is required: telegram, discord, web or cli.") }
            try fields.finish(.unprocessable)
            guard let platform else { throw HistoryError.messageNotFound }
            return .json(MessageValidation(text, platform: platform, mode: mode).json)
        },
    ]

    private static func history(_ services: GatewayServices) throws -> MessageHistory {
        guard let history = services.dependencies.history else { throw GatewayError.noLibrary }
        return history
    }

    private static func query(_ request: Request) -> FieldReader {
        FieldReader(
            Dictionary(
                request.uri.queryParameters.map { (String($0.key), JSONValue.string(String($0.value).removingPercentEncoding ?? String($0.value))) },
                uniquingKeysWith: { first, _ in first }))
    }

    private static func filter(_ fields: FieldReader, _ context: GatewayContext, _ services: GatewayServices) throws -> MessageFilter {
        var filter = MessageFilter(
            platform: fields.choice("platform", of: MessagePlatform.self), user: fields.string("user_id"), chat: fields.string("chat_id"),
            kind: fields.choice("message_type", of: HistoryMessage.Kind.self))
        (filter.platform, filter.user) = try scope(filter.platform, filter.user, context, services)
        return filter
    }

    /// Whose messages a caller gets who asks for these.
    /// - Throws: `adminRequired` for other people's.
    private static func scope(
        _ platform: MessagePlatform?, _ user: String?, _ context: GatewayContext, _ services: GatewayServices
    ) throws -> (MessagePlatform?, String?) {
        if services.isAdmin(context.keyName) { return (platform, user) }
        guard platform ?? .web == .web, user ?? context.keyName == context.keyName else { throw GatewayError.adminRequired }
        return (.web, context.keyName)
    }

    private static func span(_ fields: FieldReader) -> Double { fields.number(.number("hours", 0...87_600, above: true, "How far to look back")) ?? 24 }
}
