import Foundation
import ImageStudio

/// A model that answers as it was told to, and remembers what it was asked.
actor ScriptedModel: PromptModel {
    struct Question: Sendable {
        let instruction: String
        let user: String
        let schema: String
        let maxTokens: Int
    }

    typealias Failure = ScriptedAnswers.Failure

    private var answers: ScriptedAnswers
    private(set) var questions: [Question] = []

    init(_ answers: [ScriptedAnswers.Answer]) { self.answers = ScriptedAnswers(answers) }

    init(_ texts: String...) { answers = ScriptedAnswers(texts) }

    func complete(_ instruction: String, _ user: String, schema: String, maxTokens: Int) async throws -> String {
        questions.append(Question(instruction: instruction, user: user, schema: schema, maxTokens: maxTokens))
        return try await answers.next().given()
    }
}
