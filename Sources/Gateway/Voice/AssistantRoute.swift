import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub
import Voice

/// `POST /api/agent/message`: a message to the assistant and its answer, in the words of the bots that Martlet replaces.
enum AssistantRoute {
    static let route = Route(
        .post, "/api/agent/message", operationID: "agentMessage", summary: "Message to the assistant",
        about: "Answers a written message as a bot would, and gives the answer as Telegram would get it. `chat_id` names the conversation.",
        tag: "Voice",
        body: .json(
            [
                "type": "object", "required": ["message"],
                "properties": ["message": Schemas.string, "user_id": Schemas.integer, "chat_id": Schemas.integer],
            ]),
        answers: [
            .init(
                200, "The answer",
                .json(
                    Schemas.object([
                        "success": Schemas.boolean, "message": Schemas.string, "rendered": Schemas.string, "validation": ["type": "object"],
                        "turn_id": Schemas.string, "message_count": Schemas.integer,
                    ]))),
            .init(400, "Not understood", .json(failure)), .init(500, "No answer", .json(failure)),
        ], errors: [429, 503], handler: handle)

    private static let failure: JSONValue = ["type": "object", "properties": ["success": Schemas.boolean, "error": Schemas.string]]

    @Sendable private static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        guard let runner = services.dependencies.voice else { throw ModelFailure.noSpeech }
        try await services.speechGate.check(context.foundation)
        let text: String
        let chat: Int
        do {
            let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
            text = fields.requiredString("message")
            _ = fields.integer(.integer("user_id", Int(Int32.min) << 20...Int(Int32.max) << 20, "The user"))
            chat = fields.integer(.integer("chat_id", Int(Int32.min) << 20...Int(Int32.max) << 20, "The chat")) ?? 888_888
            let maxText = services.configuration.speech.maxCharacters
            if text.count > maxText { fields.fault("message", "too_long", "'message' may have \(maxText) characters.") }
            try fields.finish(.invalidRequest)
        } catch {
            // Its callers read no envelope.
            return .json(["success": false, "error": .string(((error as? GatewayError)?.report ?? ErrorReport(error)).message)], status: .badRequest)
        }
        let place = Conversation(.web, user: context.keyName, chat: "agent-\(chat)")
        do {
            let (report, id) = try await services.bounded(context) {
                try await services.speechGate.withPlace(context.foundation) {
                    var turn = VoiceTurn(.text(text))
                    turn.isSpoken = false
                    if let history = services.dependencies.history {
                        turn.history = try await history.conversation(place.id, limit: services.configuration.voice.memory)
                    }
                    let report = try await runner.run(turn, context: context.foundation) { _ in }
                    return (report, try await services.dependencies.history?.add(report, in: place) ?? 0)
                }
            }
            let document = MarkdownDocument(report.answer)
            let rendered = document.parts(as: .telegramHTML, limit: ChatMarkup.telegramHTML.limit)
            let check = rendered.map { ChatMarkupCheck.check($0, as: .telegramHTML) }
            return .json([
                "success": true, "message": .string(report.answer), "rendered": .string(rendered.joined(separator: "\n\n")),
                "validation": ["is_valid": .bool(check.allSatisfy(\.valid)), "errors": .array(check.flatMap(\.errors).map(JSONValue.string))],
                "turn_id": .string(String(id)), "message_count": .integer(rendered.count),
            ])
        } catch let error as any ReportableError where [.busy, .unavailable].contains(error.report.kind) {
            throw error
        } catch {
            let text = ErrorReport(error).message
            return .json(
                ["success": false, "error": .string(text), "message": .string(text), "rendered_error": .string(text)], status: .internalServerError)
        }
    }
}
