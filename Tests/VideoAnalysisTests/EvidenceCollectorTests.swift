import Engines
import Foundation
import Foundations
import Media
import ModelHub
import Testing
import VideoAnalysis

@Suite struct EvidenceCollectorTests {
    private struct Broken: ReportableError {
        var report: ErrorReport { ErrorReport(.unavailable, code: "broken", "The detector broke.") }
    }

    @Test func findsScenesColoursAndObjects() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        let file = try await MediaFile.open(.file(try clips.twoColours()))
        let stages = Record<String>()
        let summary = try await EvidenceCollector(tools: .scripted()).collect(from: file) { stages.add($0.stage) }
        #expect(summary.scenes.map { $0.colours.first } == ["blue", "red"])
        // Frames are looked at five times a second.
        let cut = try #require(summary.scenes.last).start
        #expect(cut >= 2 && cut <= 2.2)
        #expect(summary.tracks.map(\.label) == ["cat"])
        #expect(summary.tracks.first?.start == 0 && summary.tracks.first?.end == cut)
        #expect(summary.missing == ["speech": "The video has no sound."])
        #expect(Set(stages.all).isSuperset(of: ["decode", "objects", "text"]))
    }

    @Test func oneFailingDetectorCostsOnlyItsKind() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        let file = try await MediaFile.open(.file(try clips.twoColours()))
        let asked = Record<Bool>()
        var tools = EvidenceTools.scripted()
        tools.text = { throw Broken() }
        tools.faces = {
            ScriptedDetector { _ in
                asked.add(true)
                throw Broken()
            }
        }
        let settings = EvidenceSettings()
        let summary = try await EvidenceCollector(tools: tools, settings: settings).collect(from: file) { _ in }
        #expect(summary.tracks.map(\.label) == ["cat"])
        #expect(summary.missing["text"] == "The detector broke.")
        #expect(summary.missing["faces"] == "The detector broke.")
        #expect(summary.missing["objects"] == nil)
        // Those already on their way when the third failure came may add to it.
        #expect(asked.all.count <= settings.failuresTolerated + settings.picturesInFlight)
    }

    @Test func whatIsNotInstalledIsMissing() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        let file = try await MediaFile.open(.file(try clips.twoColours()))
        let summary = try await EvidenceCollector(tools: EvidenceTools()).collect(from: file) { _ in }
        #expect(Set(summary.missing.keys) == ["objects", "faces", "text", "speech"])
        #expect(summary.scenes.count == 2)
    }

    @Test func cancellationEndsTheWork() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        let file = try await MediaFile.open(.file(try clips.twoColours()))
        let started = Record<Bool>()
        var tools = EvidenceTools.scripted()
        tools.objects = {
            ScriptedDetector { _ in
                started.add(true)
                try await Task.sleep(for: .seconds(600))
                return []
            }
        }
        let collector = EvidenceCollector(tools: tools)
        let task = Task { try await collector.collect(from: file) { _ in } }
        while started.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// Says one word a window and remembers how long the windows were.
    private struct WindowListener: Transcriber {
        let windows = Record<Double>()
        let id = "windows"
        let languages: [String] = []

        func transcribe(
            _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
            heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
        ) async throws -> Transcript {
            windows.add(audio.duration)
            progress?(ProgressUpdate(stage: "any", done: audio.duration, total: audio.duration, unit: .seconds))
            let segment = TranscriptSegment(start: 0, end: audio.duration, text: "word \(windows.all.count)")
            return Transcript(segments: [segment], language: nil, duration: audio.duration)
        }

        func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession { throw CancellationError() }
    }

    @Test func longSoundIsHeardInWindowsCutWhereItIsQuiet() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        // Ten seconds of tone with a silence of half a second around second 3.25.
        let clip = try clips.compose(
            "tone.mp4",
            ["-f", "lavfi", "-i", "color=c=blue:s=160x90:r=5:d=10", "-f", "lavfi", "-i", "sine=f=440:r=16000:d=10", "-af",
             "volume=0:enable='between(t,3,3.5)'", "-c:v", "libx264", "-c:a", "aac", "-shortest"])
        let listener = WindowListener()
        var tools = EvidenceTools()
        tools.speech = { listener }
        var settings = EvidenceSettings()
        settings.audioWindow = 4
        let steps = Record<ProgressUpdate>()
        let summary = try await EvidenceCollector(tools: tools, settings: settings)
            .collect(from: try await MediaFile.open(.file(clip))) { if $0.stage == "speech" { steps.add($0) } }
        #expect(summary.speech.count == listener.windows.all.count && summary.speech.count >= 3)
        let first = try #require(summary.speech.first)
        #expect(first.start == 0 && first.end > 3 && first.end < 3.5)
        for (before, after) in zip(summary.speech, summary.speech.dropFirst()) { #expect(abs(before.end - after.start) < 0.001) }
        #expect(abs((summary.speech.last?.end ?? 0) - 10) < 0.2)
        #expect(listener.windows.all.allSatisfy { $0 <= 4.001 })
        let done = steps.all.map(\.done)
        #expect(done == done.sorted())

        let part = try await EvidenceCollector(tools: tools, settings: settings)
            .collect(from: try await MediaFile.open(.file(clip)), range: 2...9) { _ in }
        #expect(part.speech.first?.start == 2)
        #expect(abs((part.speech.last?.end ?? 0) - 9) < 0.01)
    }

    @Test func keepsToTheRange() async throws {
        let clips = try ClipFolder()
        defer { clips.remove() }
        let file = try await MediaFile.open(.file(try clips.twoColours()))
        let summary = try await EvidenceCollector(tools: .scripted()).collect(from: file, range: 2.5...3.5) { _ in }
        #expect(summary.scenes.map { $0.colours.first } == ["red"])
        #expect(summary.tracks.isEmpty)
    }
}

@Suite struct EvidenceCacheTests {
    private func folder() -> URL { FileManager.default.temporaryDirectory.appending(path: "martlet-evidence-\(UUID().uuidString)") }

    @Test func givesBackWhatWasStored() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = EvidenceCache(folder: folder, maxBytes: 1 << 20)
        #expect(try await cache.load("abc-v1") == nil)
        try await cache.store(EvidencePromptTests.sample, "abc-v1")
        #expect(try await cache.load("abc-v1") == EvidencePromptTests.sample)
        #expect(try await cache.load("abc-v2") == nil)
    }

    @Test func damagedFilesCountAsAbsent() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("{\"dur".utf8).write(to: folder.appending(path: "abc.json"))
        #expect(try await EvidenceCache(folder: folder, maxBytes: 1 << 20).load("abc") == nil)
    }

    @Test func removesTheLeastRecentlyUsed() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let size = try JSONEncoder().encode(EvidencePromptTests.sample).count
        let cache = EvidenceCache(folder: folder, maxBytes: size * 5 / 2)
        try await cache.store(EvidencePromptTests.sample, "a")
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: folder.appending(path: "a.json").path)
        try await cache.store(EvidencePromptTests.sample, "b")
        try await cache.store(EvidencePromptTests.sample, "c")
        #expect(try await cache.load("a") == nil)
        #expect(try await cache.load("b") != nil)
        #expect(try await cache.load("c") != nil)
    }

    @Test(arguments: ["../up", "a/b", "", "a.b"]) func namesAreNoPaths(key: String) async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = EvidenceCache(folder: folder, maxBytes: 1 << 20)
        try await cache.store(EvidencePromptTests.sample, key)
        #expect(try await cache.load(key) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}

@Suite struct EvidenceCacheRightsTests {
    @Test func onlyTheOwnerReadsWhatWasSaid() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evidence-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = EvidenceCache(folder: folder, maxBytes: 1 << 20)
        try await cache.store(EvidenceSummary(duration: 1), "key")
        #expect(try await cache.load("key") == EvidenceSummary(duration: 1))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    }
}
