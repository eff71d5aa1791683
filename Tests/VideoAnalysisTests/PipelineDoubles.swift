import Engines
import Foundation
import Foundations
import Media
import ModelHub
import Synchronization
import VideoAnalysis

/// Counts and remembers, from any task.
final class Record<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

/// A chat model that answers each request with the same words and remembers the requests.
struct ScriptedModel: ChatModel {
    var id = "scripted"
    let backend = "llama"
    var seesImages = false
    var contextTokens: Int?
    var patchSize: Int?
    var events: [ChatEvent] = [.text("It is "), .text("blue."), .finished(ChatFinish(reason: "stop", promptTokens: 10, completionTokens: 4))]
    /// Refuses more frames than this, as an engine does that counts tokens itself.
    var mostFrames = Int.max
    /// Never ends when set, until it is cancelled.
    var hangs = false
    let requests = Record<ChatRequest>()
    let stopped = Record<Bool>()

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        requests.add(request)
        for case .video(let frames, _) in request.messages.flatMap(\.parts) where frames.count > mostFrames {
            throw EndpointError.contextTooLong(promptTokens: frames.count * 100, contextTokens: mostFrames * 100)
        }
        let (events, hangs, stopped) = (events, hangs, stopped)
        return ChatStream { continuation in
            continuation.onTermination = { _ in stopped.add(true) }
            for event in events { continuation.yield([event]) }
            if !hangs { continuation.finish() }
        }
    }
}

struct OneModel: ModelDirectory {
    var model: ScriptedModel
    func models() async -> [ModelSummary] {
        [ModelSummary(id: model.id, engine: "llama", capabilities: ["chat"], state: .ready, bytes: 0, licence: "none")]
    }
    func chatModel(id: String?, context: RequestContext) async throws -> any ChatModel { model }
}

struct ScriptedDetector: Detector {
    var find: @Sendable (RGBImage) async throws -> [Detection]
    func detect(in image: RGBImage) async throws -> [Detection] { try await find(image) }
}

struct ScriptedReader: TextReader {
    var lines: [TextRegion] = []
    func readText(in image: RGBImage) async throws -> [TextRegion] { lines }
}

struct ScriptedTranscriber: Transcriber {
    var segments: [TranscriptSegment] = []
    let id = "scripted"
    let languages: [String] = []

    func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        Transcript(segments: segments, language: nil, duration: audio.duration)
    }

    func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession { throw CancellationError() }
}

extension EvidenceTools {
    /// A cat wherever the picture is blue, in its middle; text and speech as given.
    static func scripted(
        looks: Record<PixelSize> = .init(), lines: [TextRegion] = [], segments: [TranscriptSegment] = []
    ) -> EvidenceTools {
        EvidenceTools(
            objects: {
                ScriptedDetector { image in
                    looks.add(image.size)
                    guard image.pixels[2] > 128 else { return [] }
                    return [Detection(label: "cat", score: 0.9, box: PixelRect(x: 100, y: 50, width: 120, height: 80))]
                }
            }, faces: { ScriptedDetector { _ in [] } }, text: { ScriptedReader(lines: lines) },
            speech: { ScriptedTranscriber(segments: segments) })
    }
}
