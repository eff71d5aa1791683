import Agents
import Foundation
import Foundations

/// What a person types, line by line.
actor InputLines {
    private var input = StandardInput().makeAsyncIterator()
    private var rest = Data()

    /// - Returns: the next line without its end; `nil` at the end of the input.
    /// - Throws: `CancellationError`.
    func next(prompt: String) async throws -> String? {
        FileHandle.standardError.write(Data(prompt.utf8))
        while true {
            if let end = rest.firstIndex(of: 10) {
                defer { rest = rest[(end + 1)...] }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            var input = input
            let piece = try await input.next()
            self.input = input
            guard let piece else {
                defer { rest = Data() }
                return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
            }
            rest = Data(rest) + piece
        }
    }

    /// Asks about a call.
    func approves(_ call: ToolCall, reason: String) async throws -> Bool {
        let answer = try await next(prompt: "\n\(call.name) \(call.arguments)\nThis \(reason). Do it? [y/N] ")
        return ["y", "yes"].contains(answer?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
    }
}
