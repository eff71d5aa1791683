import Foundation

/// Somebody who can be in a picture.
public struct PromptParticipant: Sendable, Equatable, Codable {
    public var handle: Handle
    /// Empty: drawn with a default description.
    public var features: FaceFeatures
    /// Whether somebody who exists looks like that.
    public var isRealPerson: Bool

    public init(handle: Handle, features: FaceFeatures = FaceFeatures(), isRealPerson: Bool = false) {
        self.handle = handle
        self.features = features
        self.isRealPerson = isRealPerson
    }
}

/// One message of a chat.
public struct PromptMessage: Sendable, Equatable, Codable {
    /// `nil`: nobody says who wrote it.
    public var sender: Handle?
    public var text: String
    public var timestamp: String?
    /// People tagged besides those that the text mentions.
    public var tags: [Handle]

    public init(sender: Handle? = nil, text: String, timestamp: String? = nil, tags: [Handle] = []) {
        self.sender = sender
        self.text = text
        self.timestamp = timestamp
        self.tags = tags
    }
}

/// The mood of a chat, as somebody else has judged it.
public struct PromptMood: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, CaseIterable, Codable {
        case neutral, playful, warm, tense, sad, awkward, flirty
    }

    public let mood: Kind
    /// 0 to 2.
    public let intensity: Int
    /// 0 to 1.
    public let confidence: Double
    public let pendingReply: Bool
    public let unrepliedCount: Int

    enum CodingKeys: String, CodingKey {
        case mood, intensity, confidence
        case pendingReply = "pending_reply"
        case unrepliedCount = "unreplied_count"
    }

    public init(
        _ mood: Kind = .neutral, intensity: Int = 1, confidence: Double = 1, pendingReply: Bool = false, unrepliedCount: Int = 0
    ) {
        self.mood = mood
        self.intensity = min(2, max(0, intensity))
        self.confidence = min(1, max(0, confidence))
        self.pendingReply = pendingReply
        self.unrepliedCount = max(0, unrepliedCount)
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try object.decodeIfPresent(Kind.self, forKey: .mood) ?? .neutral,
            intensity: try object.decodeIfPresent(Int.self, forKey: .intensity) ?? 1,
            confidence: try object.decodeIfPresent(Double.self, forKey: .confidence) ?? 1,
            pendingReply: try object.decodeIfPresent(Bool.self, forKey: .pendingReply) ?? false,
            unrepliedCount: try object.decodeIfPresent(Int.self, forKey: .unrepliedCount) ?? 0)
    }
}

/// What a picture is wanted of.
public struct PromptRequest: Sendable, Equatable, Codable {
    public enum Mode: String, Sendable, CaseIterable, Codable {
        /// A picture into the chat of two people.
        case oneToOne = "1to1"
        case shorts, scenes
        case privateChat = "private"
        case general
        /// The portrait of the first participant.
        case profile

        /// Whether one of two people speaks to the other.
        public var isPersonal: Bool { self == .oneToOne || self == .privateChat }

        /// Whether its prompt is written in lines, and without a caption.
        var isInLines: Bool { self == .privateChat || self == .general }
    }

    public var mode: Mode
    public var style: ImageStyle
    public var participants: [PromptParticipant]
    /// The message that the picture is of.
    public var target: PromptMessage
    /// What was written before it, oldest first.
    public var history: [PromptMessage]
    public var receiver: Handle?
    public var mood: PromptMood

    /// No more people are drawn, and no more messages of the history are read.
    public static let mostPeople = 6
    public static let mostMessages = 10
    /// Characters of one message; the rest isn't read.
    public static let longestMessage = 500

    public init(
        mode: Mode, style: ImageStyle = .standard, participants: [PromptParticipant], target: PromptMessage, history: [PromptMessage] = [],
        receiver: Handle? = nil, mood: PromptMood = PromptMood()
    ) {
        self.mode = mode
        self.style = style
        self.participants = participants
        self.target = target
        self.history = history
        self.receiver = receiver
        self.mood = mood
    }

    /// Who is in the picture. Private and general pictures show the people that the text mentions, else the sender and the receiver;
    /// all others show every participant and whoever is tagged. Nobody is there twice.
    public var cast: [PromptParticipant] {
        let known = distinctParticipants
        let handles = known.map(\.handle)
        let text = PromptText.truncated(target.text, to: Self.longestMessage)
        let used = Handle.used(in: text, participants: handles, sender: target.sender, receiver: receiver)
        let wanted: [Handle]
        switch mode {
        case .profile: return Array(known.prefix(1))
        case .privateChat, .general: wanted = used.isEmpty ? Array(handles.prefix(1)) : used
        // Those whom the message is about come first in case there are too many.
        case .oneToOne, .shorts, .scenes:
            let tagged = target.tags + used.filter(handles.contains)
            wanted = handles.count + tagged.count > Self.mostPeople ? tagged + handles : handles + tagged
        }
        var cast: [PromptParticipant] = []
        for handle in wanted where !cast.contains(where: { $0.handle == handle }) && cast.count < Self.mostPeople {
            cast.append(known.first { $0.handle == handle } ?? PromptParticipant(handle: handle))
        }
        return cast
    }

    /// Of two participants with one handle, the first one of whom something is known.
    private var distinctParticipants: [PromptParticipant] {
        var distinct: [PromptParticipant] = []
        for participant in participants {
            if let place = distinct.firstIndex(where: { $0.handle == participant.handle }) {
                if distinct[place].features.isEmpty { distinct[place] = participant }
            } else {
                distinct.append(participant)
            }
        }
        return distinct
    }

    /// The message as it's shown to models: cleaned, one line, bounded.
    var targetText: String { Self.plain(target.text) }

    /// The last messages of the history, the same way. Pictures for everybody have nothing to do with anybody's chat.
    var recentHistory: [PromptMessage] {
        guard mode.isPersonal else { return [] }
        return history.suffix(Self.mostMessages).map { message in
            var message = message
            message.text = Self.plain(message.text)
            return message
        }
    }

    private static func plain(_ text: String) -> String {
        PromptText.cleaned(PromptText.singleSpaced(PromptText.truncated(text, to: longestMessage)))
    }
}
