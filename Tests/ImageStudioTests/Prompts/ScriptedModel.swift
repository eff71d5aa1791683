import Foundation
import ImageStudio

/// A model that answers as it was told to, and remembers what it was asked.
actor ScriptedModel: PromptModel {
    enum Answer: Sendable {
        case text(String)
        case failure(any Error)
        /// Waits until the caller is cancelled, and fails with the given error then.
        case hang(any Error)
    }

    struct Question: Sendable {
        let instruction: String
        let user: String
        let schema: String
        let maxTokens: Int
    }

    struct Failure: Error {}

    private var answers: [Answer]
    private(set) var questions: [Question] = []

    init(_ answers: [Answer]) { self.answers = answers }

    init(_ texts: String...) { answers = texts.map(Answer.text) }

    func complete(_ instruction: String, _ user: String, schema: String, maxTokens: Int) async throws -> String {
        questions.append(Question(instruction: instruction, user: user, schema: schema, maxTokens: maxTokens))
        switch answers.isEmpty ? .failure(Failure()) : answers.removeFirst() {
        case .text(let text): return text
        case .failure(let error): throw error
        case .hang(let error):
            try? await Task.sleep(for: .seconds(60))
            throw error
        }
    }
}
