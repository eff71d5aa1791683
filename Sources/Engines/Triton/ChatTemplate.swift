import Foundations

/// How a conversation becomes the one text that a generating model continues. Engines of the OpenAI protocol know their model's
/// template; Triton's generate extension takes bare text.
public struct ChatTemplate: Sendable {
    public let kind: EndpointConfiguration.Template

    public init(_ kind: EndpointConfiguration.Template) { self.kind = kind }

    /// - Throws: `TritonError.notGenerated` for anything but text.
    public func text(_ messages: [ChatMessage]) throws -> String {
        var text = kind == .llama3 ? "<|begin_of_text|>" : ""
        for message in messages {
            let content = try Self.content(of: message)
            switch kind {
            case .chatml: text += "<|im_start|>\(role(message))\n\(clean(content))<|im_end|>\n"
            case .llama3:
                text += "<|start_header_id|>\(role(message))<|end_header_id|>\n\n\(clean(content))<|eot_id|>"
            case .plain: text += text.isEmpty ? content : "\n" + content
            }
        }
        switch kind {
        case .chatml: text += "<|im_start|>assistant\n"
        case .llama3: text += "<|start_header_id|>assistant<|end_header_id|>\n\n"
        case .plain: break
        }
        return text
    }

    /// What ends an answer, should the model write it.
    public var stop: [String] {
        switch kind {
        case .chatml: ["<|im_end|>"]
        case .llama3: ["<|eot_id|>"]
        case .plain: []
        }
    }

    private func role(_ message: ChatMessage) -> String {
        message.role == .developer ? "system" : message.role.rawValue
    }

    /// The template's own marks in what somebody wrote would let them speak as somebody else.
    private func clean(_ content: String) -> String {
        var content = content
        while let mark = content.firstMatch(of: #/<\|[a-z_]+\|>/#) { content.removeSubrange(mark.range) }
        return content
    }

    private static func content(of message: ChatMessage) throws -> String {
        if message.role == .tool || message.extra["tool_calls"] != nil { throw TritonError.notGenerated(what: "tool calls") }
        return try message.parts.map { part in
            switch part {
            case .text(let text): return text
            case .image: throw TritonError.notGenerated(what: "pictures")
            case .video: throw TritonError.notGenerated(what: "videos")
            case .audio: throw TritonError.notGenerated(what: "recordings")
            }
        }.joined(separator: "\n")
    }
}
