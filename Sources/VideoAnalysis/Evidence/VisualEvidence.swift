import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// One pass over the frames of a video: every frame for cuts, colours and camera motion, chosen ones for the detectors.
struct VisualEvidence: Sendable {
    let tools: EvidenceTools
    let settings: EvidenceSettings
    let progress: ProgressHandler

    /// OpenCV and pixel loops run here, not on the cooperative pool.
    private static let threads = WorkerThreads(
        name: "evidence", width: max(2, ProcessInfo.processInfo.activeProcessorCount))

    /// One frame as it passes by: small versions of it, and how it differs from the one before.
    private struct Look: Sendable {
        var signature: FrameSignature
        var grey: GreyImage
        var step: CameraStep?
        var isCut = false
    }

    /// What one detector said about one frame.
    private struct Finding: Sendable {
        var kind: EvidenceKind
        var frame: Int
        var result: Result<Content, any Error>

        enum Content: Sendable {
            case detections([Detection])
            case lines([TextRegion])
        }
    }

    private struct Detectors: Sendable {
        var objects: (any Detector)?
        var faces: (any Detector)?
        var text: (any TextReader)?
        var missing: [String: String] = [:]

        func has(_ kind: EvidenceKind) -> Bool {
            switch kind {
            case .objects: objects != nil
            case .faces: faces != nil
            case .text: text != nil
            case .speech: false
            }
        }
    }

    /// What is known so far of the detectors' work.
    private struct Ledger: Sendable {
        var times: [Int: Double] = [:]
        var detections: [Int: [Detection]] = [:]
        var faces: [Int: Int] = [:]
        var lines: [Int: [TextRegion]] = [:]
        var failures: [EvidenceKind: (count: Int, reason: String)] = [:]
        var successes: [EvidenceKind: Int] = [:]

        mutating func enter(_ finding: Finding) {
            switch finding.result {
            case .success(.detections(let found)):
                if finding.kind == .faces { faces[finding.frame] = found.count } else { detections[finding.frame] = found }
                successes[finding.kind, default: 0] += 1
            case .success(.lines(let found)):
                lines[finding.frame] = found
                successes[finding.kind, default: 0] += 1
            case .failure(let error):
                failures[finding.kind] = ((failures[finding.kind]?.count ?? 0) + 1, ErrorReport(error).message)
            }
        }
    }

    func gather(from file: MediaFile, video: MediaInfo.VideoTrack, range: ClosedRange<Double>?) async throws -> EvidenceSummary {
        let schedule = EvidenceSchedule(
            frameCount: video.frameCount, frameRate: video.frameRate, range: range, settings: settings)
        let detectors = try await load()
        var ledger = Ledger()
        var signatures: [FrameSignature] = []
        var steps: [CameraStep] = []
        let longSide = settings.textSide
        let frames = file.frames(at: schedule.scene) { try PictureOperations.shrunk($0, longSide: longSide) }

        try await withThrowingTaskGroup(of: Finding.self) { group in
            var inFlight = 0
            var previous: Look?
            var lastRead: FrameSignature?
            var cutFrames = 0
            for try await frame in frames {
                try Task.checkCancellation()
                let look = try await Self.threads.run { [previous] in try Self.look(at: frame, after: previous) }
                if let step = look.step { steps.append(step) }
                previous = look
                signatures.append(look.signature)
                progress(
                    ProgressUpdate(
                        stage: "decode", done: Double(signatures.count), total: Double(schedule.scene.count), unit: .frames))

                var isDetail = schedule.detail.contains(frame.index)
                if look.isCut, !isDetail, cutFrames < settings.maxCutFrames {
                    cutFrames += 1
                    isDetail = true
                }
                guard isDetail else { continue }
                ledger.times[frame.index] = frame.time
                var kinds: [EvidenceKind] = [.objects, .faces]
                let isTextDue = lastRead.map {
                    frame.time - $0.time >= settings.textInterval || look.signature.difference(to: $0) >= 0.08
                } ?? true
                if isTextDue {
                    kinds.append(.text)
                    lastRead = look.signature
                }
                for kind in kinds where detectors.has(kind) && (ledger.failures[kind]?.count ?? 0) < settings.failuresTolerated {
                    if inFlight >= settings.picturesInFlight, let finding = try await group.next() {
                        inFlight -= 1
                        try enter(finding, &ledger, schedule)
                    }
                    inFlight += 1
                    group.addTask { await Self.examine(frame, kind, detectors, side: settings.detectionSide) }
                }
            }
            while let finding = try await group.next() { try enter(finding, &ledger, schedule) }
        }
        return try await Self.threads.run { [signatures, steps, ledger] in
            Self.summary(video, range, signatures, steps, ledger, detectors)
        }
    }

    private func enter(_ finding: Finding, _ ledger: inout Ledger, _ schedule: EvidenceSchedule) throws {
        if case .failure(let error) = finding.result { try EvidenceKind.rethrowCancellation(error) }
        ledger.enter(finding)
        if finding.kind != .faces {
            progress(
                ProgressUpdate(
                    stage: finding.kind.rawValue, done: Double(ledger.successes[finding.kind] ?? 0),
                    total: finding.kind == .objects ? Double(max(schedule.detail.count, ledger.times.count)) : nil, unit: .frames))
        }
    }

    // MARK: Detectors

    private func load() async throws -> Detectors {
        async let objects = Self.loaded(tools.objects)
        async let faces = Self.loaded(tools.faces)
        async let text = Self.loaded(tools.text)
        var detectors = Detectors()
        func note<T>(_ kind: EvidenceKind, _ result: Result<T, any Error>) throws -> T? {
            switch result {
            case .success(let model): return model
            case .failure(let error):
                try EvidenceKind.rethrowCancellation(error)
                detectors.missing[kind.rawValue] =
                    error is NoModel ? EvidenceKind.noModel : ErrorReport(error).message
                return nil
            }
        }
        detectors.objects = try note(.objects, await objects)
        detectors.faces = try note(.faces, await faces)
        detectors.text = try note(.text, await text)
        return detectors
    }

    private struct NoModel: Error {}

    private static func loaded<T>(_ load: (@Sendable () async throws -> T)?) async -> Result<T, any Error> {
        guard let load else { return .failure(NoModel()) }
        do { return .success(try await load()) } catch { return .failure(error) }
    }

    /// Boxes come back in shares of the picture.
    private static func examine(
        _ frame: VideoFrame, _ kind: EvidenceKind, _ detectors: Detectors, side: Int
    ) async -> Finding {
        do {
            if kind == .text, let reader = detectors.text {
                let lines = try await reader.readText(in: frame.image)
                let shares = lines.map { TextRegion(text: $0.text, score: $0.score, box: $0.box.shares(of: frame.image.size)) }
                return Finding(kind: kind, frame: frame.index, result: .success(.lines(shares)))
            }
            let image = try await threads.run { try PictureOperations.shrunk(frame.image, longSide: side) }
            let detector = kind == .faces ? detectors.faces : detectors.objects
            let found = try await detector?.detect(in: image) ?? []
            let shares = found.map { Detection(label: $0.label, score: $0.score, box: $0.box.shares(of: image.size)) }
            return Finding(kind: kind, frame: frame.index, result: .success(.detections(shares)))
        } catch {
            return Finding(kind: kind, frame: frame.index, result: .failure(error))
        }
    }

    /// Small versions of a frame: 96 pixels wide in colour, 320 in grey.
    private static func look(at frame: VideoFrame, after previous: Look?) throws -> Look {
        let size = frame.image.size
        func height(_ width: Int) -> Int { max(8, min(2 * width, size.height * width / max(1, size.width))) }
        let medium = try PictureOperations.resized(frame.image, width: 320, height: height(320))
        let small = try PictureOperations.resized(
            medium, width: FrameSignature.thumbnailWidth, height: height(FrameSignature.thumbnailWidth))
        var look = Look(
            signature: FrameSignature(time: frame.time, thumbnail: small), grey: try PictureOperations.grey(medium))
        if let previous {
            let before = previous.signature
            look.step = try PictureOperations.motion(from: previous.grey, at: before.time, to: look.grey, at: frame.time)
            look.isCut = look.signature.difference(to: before) >= SceneCuts.floor
        }
        return look
    }

    // MARK: Summing up

    private static func summary(
        _ video: MediaInfo.VideoTrack, _ range: ClosedRange<Double>?, _ signatures: [FrameSignature],
        _ steps: [CameraStep], _ ledger: Ledger, _ detectors: Detectors
    ) -> EvidenceSummary {
        let duration = video.duration > 0 ? video.duration : (signatures.last?.time ?? 0)
        let end = max(range?.upperBound ?? duration, signatures.last?.time ?? 0)
        let differences = zip(signatures, signatures.dropFirst()).map { $1.difference(to: $0) }
        let starts = SceneCuts.starts(differences: differences, times: signatures.map(\.time))

        var scenes: [EvidenceSummary.Scene] = []
        var moving: [EvidenceSummary.Track] = []
        var stillSpans: [ClosedRange<Double>] = []
        for (number, start) in starts.enumerated() {
            let next = number + 1 < starts.count ? starts[number + 1] : signatures.count
            let frames = Array(signatures[start..<next])
            let inside = Array(steps[min(start, steps.count)..<max(min(start, steps.count), min(next - 1, steps.count))])
            let colours = frames.reduce([Int](repeating: 0, count: ColourPalette.names.count)) { zip($0, $1.colours).map(+) }
            var camera = CameraMotion.name(inside)
            if let track = MovingRegion.track(in: frames) {
                // Most of the picture holds still, so what the tracked points followed was the moving thing itself.
                moving.append(track)
                camera = "still"
                stillSpans.append(signatures[start].time...signatures[next - 1].time)
            } else if camera == "unknown", differences[start..<max(start, next - 1)].allSatisfy({ $0 < 0.01 }) {
                camera = "still"
            }
            scenes.append(
                EvidenceSummary.Scene(
                    start: number == 0 ? (range?.lowerBound ?? 0) : signatures[start].time,
                    end: next < signatures.count ? signatures[next].time : end,
                    camera: camera, colours: ColourPalette.strongest(in: colours)))
        }

        let spans = scenes.map { $0.start...max($0.start, $0.end) }
        var tracker = ObjectTracker()
        var texts = ScreenTextMerger()
        var scene = 0
        let times = ledger.times.sorted { $0.key < $1.key }
        for (frame, time) in times {
            while scene + 1 < scenes.count, time >= scenes[scene + 1].start - 0.0001 {
                scene += 1
                tracker.cut()
            }
            if let found = ledger.detections[frame] { tracker.add(found, at: time) }
            if let lines = ledger.lines[frame] { texts.add(lines, at: time) }
        }
        let spacing = zip(times, times.dropFirst()).map { $1.value - $0.value }.max() ?? 0.5
        let camera = steps.filter { step in !stillSpans.contains { $0.contains(step.from) && $0.contains(step.to) } }
        var tracks = tracker.summaries(camera: camera, scenes: spans, spacing: max(0.6, spacing * 1.2))
        // A nameless moving thing adds nothing where a named one was seen moving.
        tracks += moving.filter { region in
            !tracks.contains { $0.motion == region.motion && $0.start < region.end && region.start < $0.end }
        }
        tracks.sort { ($0.start, $1.score, $0.label) < ($1.start, $0.score, $1.label) }

        var missing = detectors.missing
        for (kind, failure) in ledger.failures {
            if ledger.successes[kind, default: 0] == 0 {
                missing[kind.rawValue] = failure.reason
            } else {
                missing[kind.rawValue] = "Only partly examined: \(failure.reason)"
            }
        }
        return EvidenceSummary(
            duration: duration, tracks: tracks, texts: texts.texts(scenes: spans), scenes: scenes,
            faces: mostFaces(ledger.faces), missing: missing)
    }

    /// The most faces seen at once, in at least two frames unless so few were searched: one frame alone may err.
    private static func mostFaces(_ counts: [Int: Int]) -> Int {
        let ranked = counts.values.sorted(by: >)
        guard ranked.count > 3 else { return ranked.first ?? 0 }
        return ranked[1]
    }
}

extension PixelRect {
    /// In shares of a picture of that size.
    func shares(of size: PixelSize) -> PixelRect {
        let (width, height) = (Double(max(1, size.width)), Double(max(1, size.height)))
        return PixelRect(x: x / width, y: y / height, width: self.width / width, height: self.height / height)
    }
}
