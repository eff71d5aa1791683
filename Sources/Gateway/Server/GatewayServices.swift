import Foundation
import Foundations
import ModelHub

/// What handlers share: configuration, dependencies and the places for video questions.
package struct GatewayServices: Sendable {
    package let configuration: Configuration
    package let dependencies: GatewayDependencies
    /// The line of video questions.
    package let gate: Lane
    /// The line of those who only want to see how a video would be sampled: short work, and none of the above's business.
    package let previews: Lane
    /// The line of tensor requests.
    package let inferenceGate: Lane
    /// The line of those who want something heard or spoken.
    package let speechGate: Lane
    /// Transcriptions of sound that is still coming in.
    package let listening: LiveTranscriptions
    package let connections = ConnectionRegister()
    /// What happens, for those who watch.
    package let live = LiveFeed()
    /// Uploads in pieces.
    package let keptUploads: UploadStore
    /// Answers in the background.
    package let answers: AnswerStore
    /// For files and for parsing large bodies.
    package let threads: WorkerThreads
    package let started = Date()
    /// Seconds between two comments on a silent event stream.
    package var heartbeat: Duration = .seconds(15)

    package init(configuration: Configuration, dependencies: GatewayDependencies) {
        self.configuration = configuration
        self.dependencies = dependencies
        threads = WorkerThreads(name: "gateway", width: 4)
        keptUploads = UploadStore(
            folder: Self.folder("kept-uploads", configuration), limits: configuration.uploads, threads: threads)
        answers = AnswerStore(keep: configuration.uploads.keepAnswers)
        var limits = LaneLimits(configuration.lanes)
        limits.capacity = configuration.server.waitingQuestions
        // A question takes long, and its caller hears its place in line: it may wait as long as it may take.
        limits.maxWait = configuration.server.requestTimeout
        gate = Lane(
            name: "video questions", limits: limits, slots: configuration.server.concurrentQuestions,
            metrics: dependencies.metrics)
        var previewLimits = LaneLimits(configuration.lanes)
        previewLimits.firstGuess = .seconds(1)
        previews = Lane(name: "previews", limits: previewLimits, slots: 2, metrics: dependencies.metrics)
        var tensors = LaneLimits(configuration.lanes)
        tensors.capacity = configuration.inference.waiting
        tensors.firstGuess = .seconds(1)
        inferenceGate = Lane(
            name: "inference", limits: tensors, slots: configuration.inference.concurrent, metrics: dependencies.metrics)
        var speech = LaneLimits(configuration.lanes)
        speech.capacity = configuration.speech.waiting
        speech.firstGuess = .seconds(2)
        speechGate = Lane(name: "speech", limits: speech, slots: configuration.speech.concurrent, metrics: dependencies.metrics)
        listening = LiveTranscriptions(maxSeconds: configuration.voice.maxSeconds)
    }

    /// Holds the files of requests at work, each in a folder of its own.
    package var uploads: URL { Self.folder("uploads", configuration) }

    private static func folder(_ name: String, _ configuration: Configuration) -> URL {
        URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true).appending(path: name)
    }
}
