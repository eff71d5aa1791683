import Foundation
import Foundations
import Hummingbird
import ImageStudio

/// Pictures into chats: of two people, shorts, scenes, private messages, and for everybody.
struct ChatPictures {
    private static let mostMessages = 15
    private static let mostPeople = 32
    private static let mostTags = 32

    private let fields: FieldReader
    private let pictures: PictureFields
    private var sources: [PolicyText] = []

    /// Reads a request of one kind.
    /// - Throws: `GatewayError.invalidFields`, with all faults.
    static func request(_ mode: PromptRequest.Mode, _ fields: FieldReader, _ limits: ImagesConfiguration) throws -> StudioRequest {
        var reading = ChatPictures(fields: fields, pictures: PictureFields(limits))
        let chat =
            switch mode {
            case .oneToOne: reading.oneToOne()
            case .privateChat: reading.privateChat()
            case .general: reading.general()
            default: reading.story(mode)
            }
        let kind = kind(mode, limits)
        let settings = reading.pictures.settings(fields, PictureSettings(kind))
        try fields.finish(.unprocessable)
        guard let chat else { throw GatewayError.malformedRequest }
        return StudioRequest(.chat(chat), settings: settings, sources: reading.sources, profile: kind.policy)
    }

    private init(fields: FieldReader, pictures: PictureFields) {
        self.fields = fields
        self.pictures = pictures
    }

    private static func kind(_ mode: PromptRequest.Mode, _ limits: ImagesConfiguration) -> ImagesConfiguration.Kind {
        switch mode {
        case .oneToOne: limits.oneToOne
        case .shorts: limits.shorts
        case .scenes: limits.scenes
        case .privateChat: limits.privateChat
        case .general: limits.general
        case .profile: limits.profile
        }
    }

    // MARK: Kinds

    private mutating func oneToOne() -> PromptRequest? {
        let messages = fields.list("chat_messages", 1...Self.mostMessages).compactMap { message($0, .history) }
        let people = people("participants", 2...Self.mostPeople)
        let style = style(fields.string("style"), "style")
        var target: PromptMessage?
        switch fields.value("target_message") {
        case .object?: target = message(fields.nested("target_message"), .message)
        case .string(let text)?: target = words(text, "target_message", from: messages.last?.sender)
        case nil: target = messages.last
        default: fields.fault("target_message", "wrong_type", "'target_message' must be a message, or its text.")
        }
        guard let target, let style else { return nil }
        // The message itself is no history of itself.
        let history = messages.last?.text == target.text ? messages.dropLast() : messages[...]
        return PromptRequest(mode: .oneToOne, style: style, participants: people, target: target, history: Array(history))
    }

    private mutating func story(_ mode: PromptRequest.Mode) -> PromptRequest? {
        let people = people("participants", 1...Self.mostPeople)
        let style = style(fields.string("style"), "style")
        let target: PromptMessage?
        if case .object? = fields.value("user_message") {
            target = message(fields.nested("user_message"), .message)
        } else {
            target = words(fields.requiredString("user_message"), "user_message", from: nil)
        }
        guard let target, let style else { return nil }
        return PromptRequest(mode: mode, style: style, participants: people, target: target)
    }

    private mutating func privateChat() -> PromptRequest? {
        let receiver = account(fields.requiredString("receiver_id"))
        let new = fields.nested("new_message")
        return lined(.privateChat, text: new.requiredString("text"), name: "new_message.text", receiver: receiver)
    }

    private mutating func general() -> PromptRequest? {
        let prompt = fields.nested("prompt")
        return lined(.general, text: prompt.requiredString("text"), name: "prompt.text", receiver: nil)
    }

    private mutating func lined(_ mode: PromptRequest.Mode, text: String, name: String, receiver: Handle?) -> PromptRequest? {
        var (sender, receiver) = (account(fields.requiredString("sender_id")), receiver)
        let style = style(fields.nested("style_request").string("style_id"), "style_request.style_id")
        let history = fields.nested("history").list("messages", 0...100).compactMap { entry -> PromptMessage? in
            guard let text = entry.string("text") else { return nil }
            pictures.check(text, "text", entry)
            sources.append(PolicyText(text, origin: .history))
            return PromptMessage(text: text, timestamp: entry.string("sent_at"))
        }
        let participants = fields.nested("participants")
        var people: [PromptParticipant] = []
        if participants.value("sender_avatar") != nil, let avatar = person(participants.nested("sender_avatar")) {
            people.append(avatar)
            sender = avatar.handle
        }
        if participants.value("receiver_avatar") != nil, let avatar = person(participants.nested("receiver_avatar")) {
            people.append(avatar)
            receiver = avatar.handle
        }
        people += participants.list("other_avatars", 0...Self.mostPeople).compactMap { person($0) }
        guard let style, let target = words(text, name, from: sender) else { return nil }
        return PromptRequest(mode: mode, style: style, participants: people, target: target, history: history, receiver: receiver)
    }

    // MARK: Parts

    private mutating func people(_ name: String, _ count: ClosedRange<Int>) -> [PromptParticipant] {
        fields.list(name, count).compactMap { person($0) }
    }

    private mutating func person(_ fields: FieldReader) -> PromptParticipant? {
        let features = AvatarFields.lenient("avatar_features", fields, &sources)
        return handle(fields.requiredString("handle"), "handle", fields).map { PromptParticipant(handle: $0, features: features) }
    }

    private mutating func message(_ fields: FieldReader, _ origin: PolicyText.Origin) -> PromptMessage? {
        let text = fields.requiredString("text")
        pictures.check(text, "text", fields)
        sources.append(PolicyText(text, origin: origin))
        let sender = fields.string("sender_handle").flatMap { handle($0, "sender_handle", fields) }
        var tags: [Handle] = []
        if let value = fields.value("tagged_handles") {
            let names = value.arrayValue?.compactMap(\.stringValue) ?? []
            if names.count != value.arrayValue?.count || names.count > Self.mostTags {
                fields.fault("tagged_handles", "wrong_type", "'tagged_handles' must be a list of up to \(Self.mostTags) handles.")
            }
            tags = names.compactMap { handle($0, "tagged_handles", fields) }
        }
        return PromptMessage(sender: sender, text: text, timestamp: fields.string("timestamp"), tags: tags)
    }

    private mutating func words(_ text: String, _ name: String, from sender: Handle?) -> PromptMessage? {
        pictures.check(text, name, fields)
        sources.append(PolicyText(text))
        return text.isEmpty ? nil : PromptMessage(sender: sender, text: text)
    }

    private mutating func handle(_ text: String, _ name: String, _ fields: FieldReader) -> Handle? {
        guard !text.isEmpty else { return nil }
        guard let handle = try? Handle(text) else {
            fields.fault(name, "unknown_value", "'\(name)' must be a handle: up to 32 letters, digits, '_' and '.'.")
            return nil
        }
        sources.append(PolicyText(handle.plain, origin: .handle))
        return handle
    }

    /// Ids of accounts may be anything: those that are no handles name nobody in the picture, the avatars' own do.
    private mutating func account(_ id: String) -> Handle? {
        guard let handle = try? Handle(id) else { return nil }
        sources.append(PolicyText(handle.plain, origin: .handle))
        return handle
    }

    private mutating func style(_ id: String?, _ name: String) -> ImageStyle? {
        do {
            return try ImageStyle(id: id)
        } catch {
            fields.fault(name, "unknown_value", "'\(name)' must be one of: \(ImageStyle.allCases.map(\.rawValue).joined(separator: ", ")).")
            return nil
        }
    }
}
