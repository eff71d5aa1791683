import Engines
import Foundation
import Foundations
import ModelHub

/// From what people wrote to a picture: policy, prompt, picture, caption.
///
/// The language model that writes prompts and captions may fail, be slow or not be there: the composer takes over. What it wrote is
/// reviewed like everything else, and replaced by what the composer writes when it may not be used.
public struct Studio: Sendable {
    /// How long the language model may take, after which the composer writes.
    public struct Patience: Sendable {
        public var prompt: Duration = .seconds(30)
        public var bundle: Duration = .seconds(10)
        public var caption: Duration = .seconds(10)

        public init() {}
    }

    private let pictures: PicturePipeline
    private let models: any ModelDirectory
    private let writer: String?
    private let patience: Patience
    private let composer = PromptComposer()
    private let policy = ImagePolicy()

    /// - Parameter writer: the chat model that writes; `nil`: the default one.
    public init(pictures: PicturePipeline, models: any ModelDirectory, writer: String?, patience: Patience = Patience()) {
        self.pictures = pictures
        self.models = models
        self.writer = writer
        self.patience = patience
    }

    /// Refuses at once what would be refused in any case.
    /// - Throws: `PictureError.wordsRefused`; what the hub throws where no model is at hand.
    public func check(_ request: StudioRequest) async throws {
        var words = request.sources
        if case .words(let prompt, let negativePrompt) = request.work { words += Self.own(prompt, negativePrompt) }
        try await pictures.review(words, subjects: request.subjects, profile: request.profile)
        try await pictures.prepare(request.settings)
    }

    /// - Parameter progress: told by `PictureStage`.
    /// - Throws: `PictureError`; what engines and the hub throw; `DeadlineExceeded`, `CancellationError`.
    public func make(_ request: StudioRequest, context: RequestContext, progress: ProgressHandler?) async throws -> StudioAnswer {
        switch request.work {
        case .words(let prompt, let negativePrompt):
            let wanted = PictureRequest(
                prompt: prompt, negativePrompt: negativePrompt, settings: request.settings, words: request.sources + Self.own(prompt, negativePrompt),
                profile: request.profile)
            return StudioAnswer(pictures: try await pictures.make(wanted, context: context, progress: progress))
        case .portrait(let features, let style):
            let composed = composer.portrait(of: features, style: style)
            let made = try await paint(composed.prompt, not: composed.negative, request, context, progress)
            return StudioAnswer(pictures: made, prompt: Written(composed.prompt, .composer))
        case .chat(let chat): return try await chatPicture(chat, request, context, progress)
        }
    }

    private func chatPicture(
        _ chat: PromptRequest, _ request: StudioRequest, _ context: RequestContext, _ progress: ProgressHandler?
    ) async throws -> StudioAnswer {
        try await check(request)
        progress?(ProgressUpdate(stage: PictureStage.prompt.rawValue, done: 0))
        var author = Author(
            models: models, id: writer, context: context, composer: composer, isModerated: request.profile == .moderated)
        var chat = chat
        chat.target.text = try await author.write(within: patience.caption) { try await $0.shorten(chat.target.text) }.value
        if chat.mode.isInLines {
            let composed = composer.bundle(chat)
            var bundle = try await allowed(request, composed: composed, texts: \.written) {
                try await author.write(within: patience.bundle) { try await $0.bundle(chat) }
            }
            // What shall not be seen isn't left to a model: it would write down what the policy refuses.
            bundle = bundle.map {
                var bundle = $0
                bundle.negativeLine = composed.negativeLine
                return bundle
            }
            let made = try await paint(bundle.value.finalPrompt, not: composed.negativeLine, request, context, progress)
            return StudioAnswer(pictures: made, prompt: bundle.map(\.finalPrompt), bundle: bundle.value)
        }
        let composed = composer.compose(chat)
        let prompt = try await allowed(request, composed: composed.prompt, texts: { [PolicyText($0, origin: .prompt)] }) {
            try await author.write(within: patience.prompt) { try await $0.expand(chat) }
        }
        let made = try await paint(prompt.value, not: composed.negative, request, context, progress)
        progress?(ProgressUpdate(stage: PictureStage.caption.rawValue, done: 0))
        let caption = try await allowed(request, composed: composed.caption, texts: { [PolicyText($0, origin: .caption)] }) {
            try await author.write(within: patience.caption) { try await $0.caption(of: prompt.value, for: chat) }
        }
        return StudioAnswer(pictures: made, prompt: prompt, caption: caption)
    }

    private func paint(
        _ prompt: String, not negative: String, _ request: StudioRequest, _ context: RequestContext, _ progress: ProgressHandler?
    ) async throws -> PictureSet {
        let words = request.sources + [PolicyText(prompt, origin: .prompt)]
        // Whose age nobody knows is as old as people's own words say: ours speak of adults always.
        let subjects = request.subjects.isEmpty ? [PolicySubject(age: policy.statedAge(in: request.sources))] : request.subjects
        let wanted = PictureRequest(
            prompt: prompt, negativePrompt: negative, settings: request.settings, words: words, subjects: subjects, profile: request.profile)
        return try await pictures.make(wanted, context: context, progress: progress)
    }

    /// What the language model wrote, or what the composer writes where that would be refused.
    private func allowed<Value: Sendable>(
        _ request: StudioRequest, composed: Value, texts: (Value) -> [PolicyText], _ write: () async throws -> Written<Value>
    ) async throws -> Written<Value> {
        let written = try await write()
        guard written.source != .composer else { return written }
        let verdict = policy.review(
            request.sources + texts(written.value), subjects: request.subjects, profile: request.profile, softens: true)
        guard verdict.decision == .blocked else { return written }
        return Written(composed, .composer, "the policy refused what the language model wrote")
    }

    private static func own(_ prompt: String, _ negativePrompt: String?) -> [PolicyText] {
        [PolicyText(prompt)] + (negativePrompt.map { [PolicyText($0, origin: .other)] } ?? [])
    }
}

/// The one who writes for a picture: the language model, until it has failed.
private struct Author {
    let models: any ModelDirectory
    let id: String?
    let context: RequestContext
    let composer: PromptComposer
    let isModerated: Bool
    private(set) var hasFailed = false

    init(models: any ModelDirectory, id: String?, context: RequestContext, composer: PromptComposer, isModerated: Bool) {
        self.models = models
        self.id = id
        self.context = context
        self.composer = composer
        self.isModerated = isModerated
    }

    /// - Parameter patience: what the model may take, after which the composer writes, for the rest of the picture too: nobody waits for a
    ///   silent model twice.
    mutating func write<Value: Sendable>(
        within patience: Duration, _ work: (PromptWriter) async throws -> Written<Value>
    ) async throws -> Written<Value> {
        let model = ChatPromptModel(models: models, id: id, context: context.capped(at: .after(patience)))
        let written = try await work(PromptWriter(model: hasFailed ? nil : model, composer: composer, isModerated: isModerated))
        if written.isModelDown { hasFailed = true }
        return written
    }
}
