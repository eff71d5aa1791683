/// A picture's prompt in lines, as clients of private and general pictures know it.
public struct PromptBundle: Sendable, Equatable, Codable {
    public var styleLine: String
    public var identityLine: String
    public var chatMoodLine: String
    public var sceneLine: String
    public var poseExpressionLine: String
    public var envFrameLine: String
    public var negativeLine: String
    /// What the image model gets.
    public var finalPrompt: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case styleLine = "style_line"
        case identityLine = "identity_line"
        case chatMoodLine = "chat_mood_line"
        case sceneLine = "scene_line"
        case poseExpressionLine = "pose_expression_line"
        case envFrameLine = "env_frame_line"
        case negativeLine = "negative_line"
        case finalPrompt = "final_prompt"
    }

    public init(
        styleLine: String, identityLine: String, chatMoodLine: String, sceneLine: String, poseExpressionLine: String, envFrameLine: String,
        negativeLine: String, finalPrompt: String
    ) {
        self.styleLine = styleLine
        self.identityLine = identityLine
        self.chatMoodLine = chatMoodLine
        self.sceneLine = sceneLine
        self.poseExpressionLine = poseExpressionLine
        self.envFrameLine = envFrameLine
        self.negativeLine = negativeLine
        self.finalPrompt = finalPrompt
    }

    /// What the policy reads of it. The line of what shall not be seen names just that.
    var written: [PolicyText] {
        [styleLine, identityLine, chatMoodLine, sceneLine, poseExpressionLine, envFrameLine, finalPrompt].map { PolicyText($0, origin: .prompt) }
    }
}
