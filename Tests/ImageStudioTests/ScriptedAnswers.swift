/// Answers as a test writes them down, one after the other.
struct ScriptedAnswers: Sendable {
    enum Answer: Sendable {
        case text(String)
        case failure(any Error)
        /// Waits until the caller is cancelled, and fails with the given error then.
        case hang(any Error)

        func given() async throws -> String {
            switch self {
            case .text(let text): return text
            case .failure(let error): throw error
            case .hang(let error):
                try? await Task.sleep(for: .seconds(60))
                throw error
            }
        }
    }

    struct Failure: Error {}

    private var answers: [Answer]

    init(_ answers: [Answer]) { self.answers = answers }

    init(_ texts: [String]) { answers = texts.map(Answer.text) }

    /// A failure once there are no more.
    mutating func next() -> Answer { answers.isEmpty ? .failure(Failure()) : answers.removeFirst() }
}
