import Foundation
import Foundations
import Media
import ModelHub
import VideoAnalysis

/// How answers and their events look in JSON.
package enum VideoAnswer {
    /// The body of `/v1/inference/*`, and the data of `done`.
    package static func body(_ result: AnswerResult, prompt: String, source: String, requestID: String) -> JSONValue {
        [
            "response": .string(result.text),
            "prompt": .string(prompt),
            "video_source": .string(source),
            "backend": .string(result.backend),
            "model": .string(result.model),
            "usage": usage(result),
            "frames": [
                "count": .integer(result.usedFrames),
                "width": result.frameSize.map { .integer($0.width) } ?? .null,
                "height": result.frameSize.map { .integer($0.height) } ?? .null,
            ],
            "used_evidence": .bool(result.usedEvidence),
            "citations": json(result.citations),
            "timings": .object(result.timings.mapValues { .number(($0 * 1000).rounded() / 1000) }),
            "finish_reason": .string(result.finishReason),
            "request_id": .string(requestID),
        ]
    }

    package static func usage(_ result: AnswerResult) -> JSONValue {
        OpenAIObjects.usage(
            prompt: result.promptTokens, completion: result.completionTokens, cached: result.cachedTokens)
    }

    /// The body of an upload's plan.
    package static func preview(_ preview: VideoPreview) -> JSONValue {
        let plan = preview.plan
        let track = preview.info.video
        return [
            "video": [
                "container": .string(preview.info.container), "codec": track.map { .string($0.codec) } ?? .null,
                "duration": track.map { .number($0.duration) } ?? .null, "fps": track.map { .number($0.frameRate) } ?? .null,
                "width": track.map { .integer($0.size.width) } ?? .null, "height": track.map { .integer($0.size.height) } ?? .null,
                "audio": .bool(preview.info.audio != nil),
            ],
            "plan": [
                "frames": .integer(plan.indices.count),
                "size": ["width": .integer(plan.size.width), "height": .integer(plan.size.height)],
                "sample_rate": .number(plan.sampleRate), "tokens": .integer(plan.tokens),
                // Where the frame rate varies, a frame's own time may differ a little.
                "times": .array(plan.indices.map { .number((Double($0) / max(plan.sourceFrameRate, 0.001) * 1000).rounded() / 1000) }),
                "fitted": .bool(preview.isFitted), "used": .bool(preview.isSeen),
            ],
            "model": preview.model.map(JSONValue.string) ?? .null,
            "thumbnails": .array(
                preview.thumbnails.map {
                    ["time": .number($0.time), "image": .string("data:image/jpeg;base64," + $0.jpeg.base64EncodedString())]
                }),
        ]
    }

    package static func progress(_ update: ProgressUpdate) -> JSONValue {
        [
            "stage": .string(update.stage), "done": .number(update.done), "total": update.total.map(JSONValue.number) ?? .null,
            "unit": .string(update.unit.rawValue), "fraction": update.fraction.map(JSONValue.number) ?? .null,
            "note": update.note.map(JSONValue.string) ?? .null,
        ]
    }

    package static func queued(_ turn: Lane.Turn) -> JSONValue {
        let position = turn.position
        return [
            "stage": "queued", "position": .integer(position), "wait_ms": .integer(Int(turn.expectedWait / .milliseconds(1))), "done": 0, "total": .null, "unit": "items", "fraction": .null,
            "note": .string(position == 1 ? "Next in line." : "\(position - 1) questions are ahead in line."),
        ]
    }

    /// Any of the shared value types as JSON.
    package static func json(_ value: some Encodable) -> JSONValue {
        guard let data = try? JSONEncoder().encode(value), let json = try? JSONValue(parsing: data) else { return .null }
        return json
    }
}
