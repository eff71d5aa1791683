import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Answers questions about videos: frames for models that see, evidence for models that read.
///
/// Nothing of a video is decoded twice for a follow-up question, and the messages for one video begin alike, so that the
/// engine's prompt cache holds them.
public struct VideoQuestionPipeline: VideoQuestionAnswering {
    /// From this length on (seconds) a vision model gets evidence too, unless the caller says otherwise.
    public static let longVideo = 180.0
    public static let noVisionNotice =
        "No vision model is installed: answering from detected objects, text, motion and speech."

    /// How long evidence with a kind missing serves further questions before it is gathered anew.
    static let partialEvidenceLifetime: Duration = .seconds(120)

    private let models: any ModelDirectory
    private let collector: EvidenceCollector
    private let limits: MediaLimits
    private let generation: GenerationConfiguration
    private let disk: EvidenceCache
    private let session: VideoSessionCache

    public init(
        models: any ModelDirectory, tools: EvidenceTools, home: MartletHome, configuration: Configuration = .init(),
        settings: EvidenceSettings = .init(), session: VideoSessionCache = .init()
    ) {
        self.models = models
        var settings = settings
        settings.audioWindow = min(settings.audioWindow, configuration.media.maxAudioSeconds)
        collector = EvidenceCollector(tools: tools, settings: settings)
        limits = configuration.media
        generation = configuration.generation
        disk = EvidenceCache(folder: home.evidence, maxBytes: configuration.video.evidenceCacheBytes)
        self.session = session
    }

    public func ask(_ question: VideoQuestion, context: RequestContext) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await withDeadline(context.deadline, waitingFor: "the answer") {
                        try await answer(question, context) { continuation.yield($0) }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    // MARK: Steps

    private typealias Emit = @Sendable (AnswerEvent) -> Void

    private func answer(_ asked: VideoQuestion, _ context: RequestContext, _ emit: @escaping Emit) async throws {
        let question = try asked.validated()
        var timings = StageTimings(pipeline: "video_question", context)
        emit(.progress(ProgressUpdate(stage: "open", done: 0)))
        let file = try await MediaFile.open(question.source, limits: limits)
        guard let track = file.info.video else { throw VideoQuestionError.noVideoTrack }
        let range = try question.range(duration: track.duration)
        let hash = try await file.contentHash()
        timings.end("open")

        let model = try await models.chatModel(id: question.model, context: context)
        timings.end("model")
        let usesEvidence = try Self.usesEvidence(question.evidence, sees: model.seesImages, duration: track.duration)
        if !model.seesImages {
            emit(.notice(question.model == nil
                    ? Self.noVisionNotice
                    : "This model reads text only: answering from detected objects, text, motion and speech."))
        }

        var frames: VideoSessionCache.Frames?
        var plan: VideoSamplingPlan?
        if model.seesImages {
            let (asked, chosen) = try samplingPlan(question, file.info, model, usesEvidence: usesEvidence)
            if let context = model.contextTokens, !chosen.hasSameFrames(as: asked) {
                emit(.notice(
                        "The model takes \(context) tokens at once: it gets \(Self.describe(chosen)) instead of \(Self.describe(asked))."))
            }
            plan = chosen
            emit(.plan(chosen))
            frames = try await encodedFrames(file, chosen, hash, emit)
            timings.end("decode")
        }
        var evidence: EvidenceSummary?
        if usesEvidence {
            let found = try await self.evidence(file, range, hash, emit)
            try Self.check(found, isAlone: !model.seesImages)
            evidence = found
            emit(.evidence(found))
            timings.end("evidence")
        }

        var reply = Reply()
        if let shown = frames {
            frames = try await answer(question, shown, evidence, model, context, &reply, &timings, emit)
        } else if let evidence {
            for (number, request) in evidenceRequests(question, evidence).enumerated() {
                try await stream(request, model, context, isFirst: number == 0, &reply, &timings, emit)
            }
        }
        timings.end("answer")
        emit(.done(
                AnswerResult(
                    text: reply.text, model: model.id, backend: model.backend, usedFrames: frames?.images.count ?? 0,
                    frameSize: plan?.size, usedEvidence: evidence != nil,
                    citations: evidence.map { AnswerCitations.find(in: reply.text, evidence: $0) } ?? [], finishReason: reply.finishReason,
                    promptTokens: reply.promptTokens, completionTokens: reply.completionTokens,
                    cachedTokens: reply.cachedTokens, timings: timings.total())))
    }

    static func usesEvidence(_ mode: VideoQuestion.EvidenceMode, sees: Bool, duration: Double) throws -> Bool {
        switch mode {
        case .always: return true
        case .auto: return !sees || duration >= longVideo
        case .never:
            guard sees else { throw VideoQuestionError.modelCannotSee }
            return false
        }
    }

    /// A text model needs something to answer from: all kinds missing is a fault, not an empty video.
    private static func check(_ evidence: EvidenceSummary, isAlone: Bool) throws {
        let kinds = [EvidenceKind.objects, .text, .speech]
        if isAlone, kinds.allSatisfy({ evidence.missing[$0.rawValue] != nil }) {
            throw VideoQuestionError.noEvidence(evidence.missing[EvidenceKind.objects.rawValue] ?? EvidenceKind.noModel)
        }
    }

    public func preview(
        _ question: VideoQuestion, thumbnails: ThumbnailOptions?, context: RequestContext
    ) async throws -> VideoPreview {
        let file = try await MediaFile.open(question.source, limits: limits)
        guard let track = file.info.video else { throw VideoQuestionError.noVideoTrack }
        _ = try question.range(duration: track.duration)
        // Without a model at hand the plan is still what was asked for.
        let model = try? await models.chatModel(id: question.model, context: context)
        try Task.checkCancellation()
        let sees = model?.seesImages ?? false
        let usesEvidence = (try? Self.usesEvidence(question.evidence, sees: sees, duration: track.duration)) ?? false
        let (asked, plan) = try samplingPlan(question, file.info, model, usesEvidence: usesEvidence)
        var preview = VideoPreview(
            info: file.info, plan: plan, isFitted: !plan.hasSameFrames(as: asked), isSeen: sees, model: model?.id)
        if let thumbnails {
            for try await frame in file.sampledFrames(thumbnails.plan(from: plan, source: track.size)) {
                let jpeg = try await ImageCodec.jpeg(frame.image, quality: 70)
                preview.thumbnails.append(.init(time: frame.time, jpeg: jpeg))
            }
        }
        return preview
    }

    /// The plan that was asked for, and the one that fits where the model's context is known.
    private func samplingPlan(
        _ question: VideoQuestion, _ info: MediaInfo, _ model: (any ChatModel)?, usesEvidence: Bool
    ) throws -> (asked: VideoSamplingPlan, fitting: VideoSamplingPlan) {
        var options = question.sampling
        if let patchSize = model?.patchSize { options.patchSize = patchSize }
        let asked = try FrameSampling.plan(for: info, options: options, limits: limits)
        guard let model, let context = model.contextTokens else { return (asked, asked) }
        let fit = ContextFit(
            contextTokens: context,
            reservedTokens: Self.reservedTokens(question, usesEvidence: usesEvidence, contextTokens: context),
            readsPairs: model.backend == EndpointConfiguration.Dialect.vllm.rawValue)
        return (asked, try fit.plan(for: info, options: options, limits: limits))
    }

    private static func describe(_ plan: VideoSamplingPlan) -> String {
        "\(plan.indices.count) frames of \(plan.size.width)×\(plan.size.height)"
    }

    /// What a request needs of the context beside its frames. The answer may have a quarter at most: a longer one is rarely
    /// written, and frames are worth more.
    private static func reservedTokens(_ question: VideoQuestion, usesEvidence: Bool, contextTokens: Int?) -> Int {
        let texts = question.history.flatMap { [$0.question, $0.answer] } + [question.prompt]
        let answer = min(question.generation.maxTokens, contextTokens.map { $0 / 4 } ?? .max)
        return answer + texts.map(EvidencePrompt.tokens).reduce(64, +) + (usesEvidence ? EvidencePrompt.blockTokens : 0)
    }

    private func encodedFrames(
        _ file: MediaFile, _ plan: VideoSamplingPlan, _ hash: String, _ emit: @escaping Emit
    ) async throws -> VideoSessionCache.Frames {
        let key = "\(hash)-\(plan.size.width)x\(plan.size.height)-\(plan.indices.map(String.init).joined(separator: ","))"
        if let known = await session.frames(key) { return known }
        var frames = VideoSessionCache.Frames(images: [], times: [])
        for try await frame in file.sampledFrames(plan) {
            frames.images.append(try await ImageCodec.jpeg(frame.image, quality: 90))
            frames.times.append(frame.time)
            emit(.progress(
                    ProgressUpdate(
                        stage: "decode", done: Double(frames.images.count), total: Double(plan.indices.count), unit: .frames)))
        }
        await session.store(frames, key)
        return frames
    }

    /// What is said, written and seen in a whole video. A question about it afterwards needs not gather it again.
    /// - Throws: `VideoQuestionError.noVideoTrack`, `MediaError`, `CancellationError`.
    public func evidence(of file: MediaFile, progress: @escaping ProgressHandler) async throws -> EvidenceSummary {
        try await evidence(file, nil, try await file.contentHash()) { event in
            if case .progress(let update) = event { progress(update) }
        }
    }

    private func evidence(
        _ file: MediaFile, _ range: ClosedRange<Double>?, _ hash: String, _ emit: @escaping Emit
    ) async throws -> EvidenceSummary {
        var key = "\(hash)-v\(EvidenceSettings.version)"
        if let range { key += "-\(Int(range.lowerBound * 1000))-\(Int(range.upperBound * 1000))" }
        if let known = await session.evidence(key) { return known }
        if let known = try await disk.load(key) {
            await session.store(known, key)
            return known
        }
        let found = try await collector.collect(from: file, range: range) { emit(.progress($0)) }
        // What failed may work next time: only whole evidence is kept for good, the rest for the talk that goes on.
        let isWhole = found.missing.allSatisfy { $0.value == EvidenceKind.noSound }
        if isWhole { try await disk.store(found, key) }
        await session.store(found, key, for: isWhole ? nil : Self.partialEvidenceLifetime)
        return found
    }

    /// Asks a model that sees. Should the engine count more tokens than it takes, it is asked again with fewer frames.
    /// - Returns: the frames that the model saw.
    private func answer(
        _ question: VideoQuestion, _ frames: VideoSessionCache.Frames, _ evidence: EvidenceSummary?, _ model: any ChatModel,
        _ context: RequestContext, _ reply: inout Reply, _ timings: inout StageTimings, _ emit: @escaping Emit
    ) async throws -> VideoSessionCache.Frames {
        var frames = frames
        while true {
            do {
                let request = visionRequest(question, frames, evidence)
                try await stream(request, model, context, isFirst: true, &reply, &timings, emit)
                return frames
            } catch EndpointError.contextTooLong(let promptTokens, let contextTokens) where reply.text.isEmpty && frames.images.count > 2 {
                let count = ContextFit.fewer(
                    than: frames.images.count, promptTokens: promptTokens, contextTokens: contextTokens,
                    reservedTokens: Self.reservedTokens(question, usesEvidence: evidence != nil, contextTokens: contextTokens))
                emit(.notice("\(frames.images.count) frames are more than the model takes at once: it gets \(count) of them."))
                frames = frames.evenly(count)
            }
        }
    }

    /// Streams one request's answer into `reply`.
    private func stream(
        _ request: ChatRequest, _ model: any ChatModel, _ context: RequestContext, isFirst: Bool, _ reply: inout Reply,
        _ timings: inout StageTimings, _ emit: @escaping Emit
    ) async throws {
        var repetition = RepetitionGuard()
        var part = ""
        var isFinished = false
        for try await event in try await model.stream(request, context: context).events {
            switch event {
            case .promptProgress(let done, let total):
                emit(.progress(ProgressUpdate(stage: "prompt", done: Double(done), total: Double(total), unit: .tokens)))
            case .text(var text):
                if part.isEmpty {
                    text = String(text.drop(while: \.isWhitespace))
                    guard !text.isEmpty else { continue }
                    if isFirst { timings.mark("first_token") } else if !reply.text.isEmpty { text = "\n" + text }
                }
                part += text
                reply.text += text
                emit(.token(text))
                if !repetition.accepts(text) {
                    // Leaving the loop ends the stream, and with it the engine's work.
                    reply.finishReason = "stop"
                    return
                }
            case .delta: break
            case .finished(let finish):
                isFinished = true
                reply.add(finish)
            }
        }
        try Task.checkCancellation()
        guard isFinished else { throw VideoQuestionError.answerBrokeOff }
    }

    // MARK: Requests

    /// One request for each part of the question, all beginning alike.
    private func evidenceRequests(_ question: VideoQuestion, _ evidence: EvidenceSummary) -> [ChatRequest] {
        let prompt = EvidencePrompt(evidence)
        return QuestionParts(question.prompt).questions.map { part in
            var request = ChatRequest(messages: [
                ChatMessage(.system, EvidencePrompt.system),
                ChatMessage(.user, prompt.message(for: part, history: question.history)),
            ])
            request.apply(question.generation, temperature: 0)
            request.maxTokens = min(question.generation.maxTokens, generation.evidenceMaxTokens)
            return request
        }
    }

    private func visionRequest(
        _ question: VideoQuestion, _ frames: VideoSessionCache.Frames, _ evidence: EvidenceSummary?
    ) -> ChatRequest {
        var first: [ChatMessage.Part] = [.video(frames: frames.images, times: frames.times)]
        if let evidence {
            first.append(.text("Notes about the video, found by detectors; name times from them where they help:\n\(EvidencePrompt(evidence).block)\n"))
        }
        // Frames, then the talk so far, then the new question: a follow-up only adds to the end.
        var messages: [ChatMessage] = []
        for text in question.history.flatMap({ [$0.question, $0.answer] }) + [question.prompt] {
            if messages.isEmpty {
                messages.append(ChatMessage(.user, first + [.text(text)]))
            } else {
                messages.append(ChatMessage(messages.count.isMultiple(of: 2) ? .user : .assistant, text))
            }
        }
        var request = ChatRequest(messages: messages)
        request.apply(question.generation, temperature: generation.temperature)
        return request
    }
}

extension VideoSamplingPlan {
    fileprivate func hasSameFrames(as other: VideoSamplingPlan) -> Bool {
        indices.count == other.indices.count && size == other.size
    }
}

/// What has come of the answer so far.
private struct Reply {
    var text = ""
    var finishReason = "stop"
    var promptTokens: Int?
    var completionTokens: Int?
    var cachedTokens: Int?

    mutating func add(_ finish: ChatFinish) {
        finishReason = finish.reason
        func sum(_ a: Int?, _ b: Int?) -> Int? { a == nil && b == nil ? nil : (a ?? 0) + (b ?? 0) }
        promptTokens = sum(promptTokens, finish.promptTokens)
        completionTokens = sum(completionTokens, finish.completionTokens)
        cachedTokens = sum(cachedTokens, finish.cachedTokens)
    }
}

extension ChatRequest {
    /// - Parameter temperature: where the question asks for none.
    fileprivate mutating func apply(_ generation: GenerationOptions, temperature fallback: Double) {
        maxTokens = generation.maxTokens
        temperature = generation.temperature ?? fallback
        topP = generation.topP
        topK = generation.topK
        seed = generation.seed
    }
}

/// Seconds per stage, one after the other.
struct StageTimings {
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var seconds: [String: Double] = [:]
    private let pipeline: String
    private let context: RequestContext

    /// - Parameter pipeline: what each stage's span calls it.
    init(pipeline: String, _ context: RequestContext) {
        self.pipeline = pipeline
        self.context = context
    }

    /// The stage that ran since the last call ends.
    mutating func end(_ stage: String) {
        let now = ContinuousClock.now
        seconds[stage] = (now - last) / .seconds(1)
        context.record("\(pipeline) \(stage)", lasted: now - last, ["martlet.pipeline": .text(pipeline), "martlet.stage": .text(stage)])
        last = now
    }

    /// Notes the time since the last stage's end without ending one.
    mutating func mark(_ stage: String) { seconds[stage] = (ContinuousClock.now - last) / .seconds(1) }

    func total() -> [String: Double] {
        seconds.merging(["total": (ContinuousClock.now - start) / .seconds(1)]) { $1 }
    }
}
