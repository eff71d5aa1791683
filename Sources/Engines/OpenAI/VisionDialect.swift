import Foundation
import Foundations

/// How a conversation with pictures and video travels to one kind of endpoint.
///
/// - `openai`: each frame is an image part after a short text part with its time.
/// - `llama`: the same, with the frames of a message before its words, so that a second question about the same frames
///   finds them in llama-server's prompt cache; asks for prompt progress (llama.cpp, `tools/server/README.md`).
/// - `vllm`: all frames of a video in one `video/jpeg` data part, their times as `media_io_kwargs`
///   (vLLM, "Multimodal Inputs", pre-extracted frame sequences).
public struct VisionDialect: Sendable {
    public let kind: EndpointConfiguration.Dialect

    public init(_ kind: EndpointConfiguration.Dialect) { self.kind = kind }

    /// Whether the answer is asked for as a whole. llama-server notices a caller who left sooner when it streams.
    func comesWhole(_ request: ChatRequest) -> Bool { !request.isFollowed && kind != .llama }

    /// The body of `POST /chat/completions`; streamed with usage, unless the answer comes whole.
    public func body(for request: ChatRequest, model: String) -> Data {
        var writer = JSONWriter(capacity: Self.estimatedBytes(request))
        writer.object { writer in
            writer.field("model", .string(model))
            if !comesWhole(request) {
                writer.field("stream", true)
                writer.field("stream_options", ["include_usage": true])
            }
            // Remote models that reason take no other name than the caller's; llama-server and vLLM take the old one.
            writer.field(
                request.boundsCompletion && kind == .openai ? "max_completion_tokens" : "max_tokens",
                request.maxTokens.map { .integer($0) })
            writer.field("temperature", request.temperature.map { .number($0) })
            writer.field("top_p", request.topP.map { .number($0) })
            if kind != .openai { writer.field("top_k", request.topK.map { .integer($0) }) }
            writer.field("seed", request.seed.map { .integer(seed($0)) })
            if !request.stop.isEmpty { writer.field("stop", .array(request.stop.map { .string($0) })) }
            let own = ownFields(request).merging(ToolChoice.fields(request.extra, kind)) { first, _ in first }
            for (name, value) in own.sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
            for (name, value) in request.extra.sorted(by: { $0.key < $1.key })
            where own[name] == nil && !Self.written.contains(name) {
                writer.field(name, value)
            }
            writer.key("messages")
            writer.array { writer in
                for message in request.messages { write(message, &writer) }
            }
        }
        return writer.data
    }

    /// Fields this type writes itself; the same ones among the extra fields are left out.
    private static let written: Set = [
        "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "seed", "stop", "messages",
    ]

    /// llama-server keeps seeds in 32 bits, where all of them set means a random one.
    private func seed(_ seed: Int) -> Int { kind == .llama ? seed & 0x7FFF_FFFF : seed }

    private func ownFields(_ request: ChatRequest) -> [String: JSONValue] {
        switch kind {
        // Triton has a protocol of its own; its OpenAI front end speaks `openai`.
        case .openai, .triton, .sdcpp: [:]
        // Whether prompts are kept is the caller's to say, where it does.
        case .llama: ["cache_prompt": request.extra["cache_prompt"] ?? true, "return_progress": true]
        case .vllm: videoMetadata(request)
        }
    }

    private func write(_ message: ChatMessage, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("role", .string(message.role.rawValue))
            for (name, value) in message.extra.sorted(by: { $0.key < $1.key }) where name != "role" && name != "content" {
                writer.field(name, value)
            }
            writer.key("content")
            if message.parts.isEmpty {
                writer.value(.null)
            } else if case .text(let text) = message.parts[0], message.parts.count == 1 {
                writer.value(.string(text))
            } else {
                writer.array { writer in
                    for part in ordered(message.parts) { write(part, &writer) }
                }
            }
        }
    }

    private func ordered(_ parts: [ChatMessage.Part]) -> [ChatMessage.Part] {
        guard kind == .llama else { return parts }
        let isVideo = { (part: ChatMessage.Part) in if case .video = part { true } else { false } }
        return parts.filter(isVideo) + parts.filter { !isVideo($0) }
    }

    private func write(_ part: ChatMessage.Part, _ writer: inout JSONWriter) {
        switch part {
        case .text(let text):
            writer.object { writer in
                writer.field("type", "text")
                writer.field("text", .string(text))
            }
        case .image(let data, let type):
            writeURL("image_url", prefix: "data:\(Self.plain(type, or: "image/jpeg"));base64,", [data], &writer)
        case .video(let frames, _) where kind == .vllm:
            writeURL("video_url", prefix: "data:video/jpeg;base64,", frames, &writer)
        case .video(let frames, let times):
            for (index, frame) in frames.enumerated() {
                if index < times.count { write(.text(Self.label(times[index])), &writer) }
                writeURL("image_url", prefix: "data:image/jpeg;base64,", [frame], &writer)
            }
        case .audio(let data, let format):
            writer.object { writer in
                writer.field("type", "input_audio")
                writer.key("input_audio")
                writer.object { writer in
                    writer.key("data")
                    writer.base64(prefix: "", [data])
                    writer.field("format", .string(format))
                }
            }
        }
    }

    private func writeURL(_ name: String, prefix: String, _ pieces: [Data], _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("type", .string(name))
            writer.key(name)
            writer.object { writer in
                writer.key("url")
                writer.base64(prefix: prefix, pieces)
            }
        }
    }

    /// A frame's time as Qwen's models write it: `<2.5 seconds>`.
    static func label(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "<frame>" }
        let tenths = (seconds * 10).rounded()
        return "<\(String(format: "%.1f", tenths / 10)) seconds>"
    }

    /// vLLM takes the frames' indices in the original video and its rate, one set for each request. Times are all we
    /// know, so the original is taken to have a thousand frames a second. Several videos go without.
    private func videoMetadata(_ request: ChatRequest) -> [String: JSONValue] {
        var videos: [[Double]] = []
        for message in request.messages {
            for case .video(let frames, let times) in message.parts {
                videos.append(times.count == frames.count ? times : [])
            }
        }
        guard !videos.isEmpty else { return [:] }
        var processor: [String: JSONValue] = ["do_sample_frames": false]
        guard videos.count == 1, let first = videos[0].first, let last = videos[0].last,
            videos[0].allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e9 })
        else { return ["mm_processor_kwargs": .object(processor)] }
        let rate = 1000.0
        let indices = videos[0].map { Int(($0 * rate).rounded()) }
        let step = videos[0].count > 1 ? (last - first) / Double(videos[0].count - 1) : 1
        if step > 0 { processor["fps"] = .number(1 / step) }
        let total = (indices.max() ?? 0) + 1
        return [
            "mm_processor_kwargs": .object(processor),
            "media_io_kwargs": [
                "video": [
                    "fps": .number(rate), "frames_indices": .array(indices.map { .integer($0) }),
                    "total_num_frames": .integer(total), "duration": .number(Double(total) / rate),
                    "do_sample_frames": false,
                ]
            ],
        ]
    }

    /// A media type goes into the data URL unescaped, so only its plain characters may.
    private static func plain(_ type: String, or fallback: String) -> String {
        let isPlain = type.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || [0x2F, 0x2B, 0x2D, 0x2E].contains(byte)
        }
        return isPlain && !type.isEmpty ? type : fallback
    }

    private static func estimatedBytes(_ request: ChatRequest) -> Int {
        var bytes = 4096
        for part in request.messages.flatMap(\.parts) {
            switch part {
            case .text(let text): bytes += text.utf8.count + 64
            case .image(let data, _), .audio(let data, _): bytes += data.count * 4 / 3 + 128
            case .video(let frames, _): bytes += frames.reduce(0) { $0 + $1.count * 4 / 3 + 192 }
            }
        }
        return bytes
    }
}
