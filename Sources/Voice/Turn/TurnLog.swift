import Foundations
import Media

/// Writes down when a turn's stages began and ended, and hands on what happens.
actor TurnLog {
    struct Times {
        var stages: [VoiceTurnReport.Stage] = []
        var firstText: Double?
        var firstSound: Double?
        var soundSeconds = 0.0
        var now: Double
    }

    private let sink: AsyncStream<VoiceTurnEvent>.Continuation
    private let start = ContinuousClock.now
    private var stages: [VoiceTurnReport.Stage] = []
    private var open: [VoiceStage: Double] = [:]
    private var firstText: Double?
    private var firstSound: Double?
    private var soundSeconds = 0.0

    init(sink: AsyncStream<VoiceTurnEvent>.Continuation) { self.sink = sink }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    var times: Times { Times(stages: stages, firstText: firstText, firstSound: firstSound, soundSeconds: soundSeconds, now: seconds) }

    func add(_ event: VoiceTurnEvent) {
        switch event {
        case .text: firstText = firstText ?? seconds
        case .sound(let sound, _):
            firstSound = firstSound ?? seconds
            soundSeconds += sound.duration
        default: break
        }
        sink.yield(event)
    }

    func begin(_ stage: VoiceStage) {
        guard open[stage] == nil else { return }
        open[stage] = seconds
        sink.yield(.began(stage))
    }

    func end(_ stage: VoiceStage) {
        guard let begun = open.removeValue(forKey: stage) else { return }
        stages.append(VoiceTurnReport.Stage(stage: stage, start: begun, end: seconds))
        sink.yield(.ended(stage))
    }

    nonisolated func stage<T: Sendable>(_ stage: VoiceStage, _ work: () async throws -> T) async throws -> T {
        await begin(stage)
        let value = try await work()
        await end(stage)
        return value
    }
}
