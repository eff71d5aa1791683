import Foundations

/// Writes the chunks of one streamed answer. All chunks of plain text are alike but for their text: what they share is written once.
struct ChunkWriter: Sendable {
    private let identity: CompletionIdentity
    private let choice: Int
    private let showsUsage: Bool
    /// A chunk of text without its text.
    private let before: ArraySlice<UInt8>
    private let after: ArraySlice<UInt8>

    init(_ identity: CompletionIdentity, choice: Int = 0, showsUsage: Bool) {
        self.identity = identity
        self.choice = choice
        self.showsUsage = showsUsage
        var template: [UInt8] = []
        identity.chunk(choice: choice, delta: ["content": ""], showsUsage: showsUsage).append(to: &template)
        // The first empty string there is: keys are sorted, and what comes before (choices, delta, content) isn't empty.
        let hole = template.indices.first { template[$0...].starts(with: "\"\"".utf8) } ?? template.endIndex
        before = template[..<hole]
        after = template[hole...].dropFirst(2)
    }

    func event(_ piece: ChoiceReader.Piece, finishReason: String? = nil) -> ServerSentEvent {
        guard case .text(let text) = piece.content, piece.logprobs == .null, finishReason == nil else {
            return ServerSentEvent(
                nil,
                identity.chunk(
                    choice: choice, delta: piece.delta, logprobs: piece.logprobs, finishReason: finishReason,
                    showsUsage: showsUsage))
        }
        var data: [UInt8] = []
        data.reserveCapacity(before.count + text.utf8.count + 16 + after.count)
        data += before
        JSONValue.string(text).append(to: &data)
        data += after
        return ServerSentEvent(raw: data)
    }
}
