import Foundation
import Foundations

/// Writes prompts and captions with a language model, and with the composer when the model can't be used: there is always a text.
///
///     let writer = PromptWriter(model: model)
///     let prompt = try await writer.expand(request)
///     prompt.source       // .model, .repaired or .composer
///
/// An answer that isn't of the asked form gets one second try that says what was wrong. A model that fails isn't asked again. Only
/// a cancelled caller gets no text.
public struct PromptWriter: Sendable {
    private let model: (any PromptModel)?
    private let composer: PromptComposer
    private let isModerated: Bool
    private let budgets: Budgets

    /// Tokens of the model's answers.
    public struct Budgets: Sendable, Equatable {
        public var expand = 500
        public var bundle = 500
        public var shorten = 60
        public var caption = 60

        public init() {}
    }

    /// Words of a shortened message.
    public static let longestText = 25
    /// Words below which an answer is no description of a picture.
    private static let shortestPrompt = 15
    /// Characters of an answer that are looked at at all.
    private static let longestAnswer = 20_000

    /// - Parameters:
    ///   - model: `nil`: there is none, everything is composed.
    ///   - isModerated: whether the model is told to keep everybody dressed.
    public init(
        model: (any PromptModel)?, composer: PromptComposer = PromptComposer(), isModerated: Bool = true, budgets: Budgets = Budgets()
    ) {
        self.model = model
        self.composer = composer
        self.isModerated = isModerated
        self.budgets = budgets
    }

    // MARK: What it writes

    /// The prompt of a picture.
    /// - Throws: `CancellationError`.
    public func expand(_ request: PromptRequest) async throws -> Written<String> {
        if request.mode == .profile { return Written(composer.compose(request).prompt, .composer, "portraits are always composed") }
        let task = PromptTask(
            instruction: PromptInstructions.expand(request.mode, words: composer.longestPrompt, isModerated: isModerated),
            user: PromptMaterial.json(PromptMaterial(request)),
            keys: ["expanded_prompt"], maxTokens: budgets.expand)
        return try await write(task) { answer throws(PromptFault) in
            let prompt = answer["expanded_prompt"] ?? ""
            let words = PromptText.wordCount(prompt)
            guard words >= Self.shortestPrompt else { throw .tooShort(words: words, least: Self.shortestPrompt) }
            return complete(prompt, request, budget: composer.longestPrompt)
        } compose: {
            composer.compose(request).prompt
        }
    }

    /// The prompt in lines.
    /// - Throws: `CancellationError`.
    public func bundle(_ request: PromptRequest) async throws -> Written<PromptBundle> {
        let task = PromptTask(
            instruction: PromptInstructions.bundle(words: composer.longestBundlePrompt, isGeneral: !request.mode.isPersonal, isModerated: isModerated),
            user: PromptMaterial.json(PromptMaterial(request)),
            keys: PromptBundle.CodingKeys.allCases.map(\.rawValue), maxTokens: budgets.bundle)
        return try await write(task) { answer throws(PromptFault) in
            func line(_ key: PromptBundle.CodingKeys) -> String { answer[key.rawValue] ?? "" }
            let words = PromptText.wordCount(line(.finalPrompt))
            guard words >= Self.shortestPrompt else { throw .tooShort(words: words, least: Self.shortestPrompt) }
            return PromptBundle(
                styleLine: line(.styleLine), identityLine: line(.identityLine), chatMoodLine: line(.chatMoodLine),
                sceneLine: line(.sceneLine), poseExpressionLine: line(.poseExpressionLine), envFrameLine: line(.envFrameLine),
                negativeLine: line(.negativeLine),
                finalPrompt: complete(line(.finalPrompt), request, budget: composer.longestBundlePrompt))
        } compose: {
            composer.bundle(request)
        }
    }

    /// A message in at most 25 words. Short ones stay as they are, and cost no call.
    /// - Throws: `CancellationError`.
    public func shorten(_ text: String) async throws -> Written<String> {
        let longest = Self.longestText
        let whole = PromptText.singleSpaced(text)
        guard PromptText.wordCount(whole) > longest else { return Written(whole, .composer, "it is short enough") }
        let material = ["text": PromptText.truncated(whole, to: PromptRequest.longestMessage * 4)]
        let task = PromptTask(
            instruction: PromptInstructions.shorten(words: longest), user: PromptMaterial.json(material), keys: ["text"],
            maxTokens: budgets.shorten)
        return try await write(task) { answer throws(PromptFault) in
            let short = answer["text"] ?? ""
            let words = PromptText.wordCount(short)
            guard words <= longest else { throw .tooLong(words: words, most: longest) }
            return short
        } compose: {
            PromptText.firstWords(longest, of: whole)
        }
    }

    /// The caption of a picture.
    /// - Parameter prompt: what the picture was made from.
    /// - Throws: `CancellationError`.
    public func caption(of prompt: String, for request: PromptRequest) async throws -> Written<String> {
        let isPersonal = request.mode.isPersonal
        let material = ["prompt": PromptText.firstWords(composer.longestPrompt, of: prompt), "message": request.targetText]
        let task = PromptTask(
            instruction: PromptInstructions.caption(isPersonal: isPersonal), user: PromptMaterial.json(material), keys: ["caption"],
            maxTokens: budgets.caption)
        return try await write(task) { answer throws(PromptFault) in
            try PromptCaption.checked(answer["caption"] ?? "", isPersonal: isPersonal)
        } compose: {
            composer.caption(for: request)
        }
    }

    // MARK: How

    private struct PromptTask {
        let instruction: String
        let user: String
        let keys: [String]
        let maxTokens: Int
    }

    private func write<Value: Sendable>(
        _ task: PromptTask, read: ([String: String]) throws(PromptFault) -> Value, compose: () -> Value
    ) async throws -> Written<Value> {
        guard let model else { return Written(compose(), .composer, "there is no language model") }
        var (instruction, user) = (task.instruction, task.user)
        var fault: PromptFault?
        for _ in 0..<2 {
            let answer: String
            do {
                try Task.checkCancellation()
                answer = try await model.complete(
                    instruction, user, schema: PromptInstructions.schema(task.keys), maxTokens: task.maxTokens)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // A cancelled caller shows as many kinds of errors.
                try Task.checkCancellation()
                return Written(compose(), .composer, "the language model failed (\(type(of: error)))", isModelDown: true)
            }
            do throws(PromptFault) {
                return Written(try read(try Self.texts(in: answer, keys: task.keys)), fault == nil ? .model : .repaired, fault?.message)
            } catch {
                fault = error
                instruction = PromptInstructions.repair(task.instruction, fault: error)
                user = PromptInstructions.repairMaterial(task.user, answer: answer)
            }
        }
        try Task.checkCancellation()
        return Written(compose(), .composer, fault.map { "the language model's answers were of no use: \($0.message)" })
    }

    /// The texts of an answer: exactly the keys that were asked for, each with something in it.
    private static func texts(in answer: String, keys: [String]) throws(PromptFault) -> [String: String] {
        guard answer.utf8.count <= longestAnswer,
            let object = (try? JSONValue(parsing: Data(answer.utf8)))?.objectValue
        else {
            throw .notJSON
        }
        var texts: [String: String] = [:]
        for key in keys {
            guard case .string(let text)? = object[key] else { throw .missing(key) }
            texts[key] = PromptText.singleSpaced(text)
            if texts[key]?.isEmpty ?? true { throw .missing(key) }
        }
        guard object.count == keys.count else { throw .unexpectedKeys }
        return texts
    }

    /// The model's prompt in its budget. Whom it has left out is added: everybody keeps their looks.
    private func complete(_ prompt: String, _ request: PromptRequest, budget: Int) -> String {
        let named = Handle.named(in: prompt)
        let missing = request.cast.filter { !named.contains($0.handle) }
        let added = missing.map { CharacterDescription(handle: $0.handle, features: $0.features).shortText + "." }.joined(separator: " ")
        let room = max(budget / 2, budget - PromptText.wordCount(added))
        let text = PromptText.firstWords(room, of: prompt, mark: "")
        return added.isEmpty ? text : PromptText.firstWords(budget, of: "\(text) \(added)", mark: "")
    }
}
