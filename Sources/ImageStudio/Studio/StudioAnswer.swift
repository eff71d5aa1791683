import Foundations

/// What was made.
public struct StudioAnswer: Sendable {
    public var pictures: PictureSet
    /// The words that the engine got; `nil`: the person's own.
    public var prompt: Written<String>?
    /// The same in lines, of private and general pictures.
    public var bundle: PromptBundle?
    /// Of pictures into chats of two, shorts and scenes.
    public var caption: Written<String>?
}
