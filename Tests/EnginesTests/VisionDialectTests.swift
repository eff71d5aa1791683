import Engines
import Foundation
import Foundations
import Testing

/// How video travels, byte for byte.
@Suite struct VisionDialectTests {
    private let frames = [Data([0xFF, 0xD8, 1]), Data([0xFF, 0xD8, 2])]

    private func body(_ kind: EndpointConfiguration.Dialect, times: [Double] = [0, 2.5]) throws -> JSONValue {
        let message = ChatMessage(.user, [.text("What?"), .video(frames: frames, times: times)])
        var request = ChatRequest(messages: [message])
        request.topK = 5
        return try JSONValue(parsing: VisionDialect(kind).body(for: request, model: "m"))
    }

    private func image(_ index: Int) -> JSONValue {
        ["type": "image_url", "image_url": ["url": .string("data:image/jpeg;base64,\(frames[index].base64EncodedString())")]]
    }

    private func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

    @Test func openAISendsFramesWithTheirTimes() throws {
        let body = try body(.openai)
        #expect(
            body["messages"]?.arrayValue?[0]["content"]
                == [text("What?"), text("<0.0 seconds>"), image(0), text("<2.5 seconds>"), image(1)])
        #expect(body["top_k"] == nil)
    }

    @Test func seedsBoundsAndToolChoicesFitTheEngine() throws {
        let tools: JSONValue = [["type": "function", "function": ["name": "f"]], ["type": "function", "function": ["name": "g"]]]
        let choice: JSONValue = ["type": "function", "function": ["name": "g"]]
        var request = ChatRequest(messages: [ChatMessage(.user, "x")])
        request.maxTokens = 9
        request.boundsCompletion = true
        request.seed = 0x1_FFFF_FFFF
        request.extra = ["tools": tools, "tool_choice": choice, "max_completion_tokens": 3, "cache_prompt": false]
        func body(_ kind: EndpointConfiguration.Dialect) throws -> JSONValue {
            try JSONValue(parsing: VisionDialect(kind).body(for: request, model: "m"))
        }
        let remote = try body(.openai)
        #expect(remote["max_completion_tokens"] == 9 && remote["max_tokens"] == nil && remote["seed"] == 0x1_FFFF_FFFF)
        #expect(remote["tools"] == tools && remote["tool_choice"] == choice)
        let local = try body(.llama)
        #expect(local["max_tokens"] == 9 && local["max_completion_tokens"] == nil && local["seed"] == 0x7FFF_FFFF)
        #expect(local["tools"] == [["type": "function", "function": ["name": "g"]]] && local["tool_choice"] == "required")
        #expect(local["parallel_tool_calls"] == false && remote["parallel_tool_calls"] == nil)
        #expect(local["cache_prompt"] == false)
    }

    @Test func llamaSendsFramesFirst() throws {
        let body = try body(.llama)
        #expect(
            body["messages"]?.arrayValue?[0]["content"]
                == [text("<0.0 seconds>"), image(0), text("<2.5 seconds>"), image(1), text("What?")])
        #expect(body["cache_prompt"] == true)
        #expect(body["return_progress"] == true)
        #expect(body["top_k"] == 5)
    }

    @Test func vllmSendsOneVideo() throws {
        let body = try body(.vllm)
        let url = "data:video/jpeg;base64," + frames.map { $0.base64EncodedString() }.joined(separator: ",")
        #expect(
            body["messages"]?.arrayValue?[0]["content"]
                == [text("What?"), ["type": "video_url", "video_url": ["url": .string(url)]]])
        #expect(body["mm_processor_kwargs"]?["do_sample_frames"] == false)
        #expect(body["mm_processor_kwargs"]?["fps"]?.doubleValue == 0.4)
        let video = body["media_io_kwargs"]?["video"]
        let rate = try #require(video?["fps"]?.doubleValue)
        let indices = try #require(video?["frames_indices"]?.arrayValue).compactMap(\.doubleValue)
        #expect(indices.map { $0 / rate } == [0, 2.5])
    }

    @Test func hostileTextAndTypesStayInsideTheirStrings() throws {
        let message = ChatMessage(.user, [.text("\"}]\\\u{0}\n🎬"), .image(Data([1]), type: "x\",\"a\":\"b")])
        let body = try JSONValue(parsing: VisionDialect(.openai).body(for: ChatRequest(messages: [message]), model: "m\""))
        let content = body["messages"]?.arrayValue?[0]["content"]?.arrayValue
        #expect(content?[0]["text"] == "\"}]\\\u{0}\n🎬")
        #expect(content?[1] == ["type": "image_url", "image_url": ["url": "data:image/jpeg;base64,AQ=="]])
        #expect(body["model"] == "m\"")
    }
}
