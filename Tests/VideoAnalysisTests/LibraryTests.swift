import Foundation
import Foundations
import Media
import Testing
import VideoAnalysis

@Suite struct LibraryTests {
    // MARK: Side-cars

    @Test func sideCarsAreReadLeniently() throws {
        let text = """
            {"video_metadata": {"video_id": 1001, "duration": 180.5}, "extra": 1, "tags": {
              "walking": {"ai_model_name": "x", "time_frames": [{"start": 5.0, "end": 25.0, "confidence": 0.92}, {"start": 60, "confidence": 0.78}]},
              "empty": {}, "bare": {"time_frames": [{}]}}}
            """
        let stamps = try SideCar.timestamps(Data(text.utf8))
        #expect(
            stamps == [
                Timestamp(tag: "bare", start: 0, end: nil, confidence: 0, source: .import),
                Timestamp(tag: "walking", start: 5, end: 25, confidence: 0.92, source: .import),
                Timestamp(tag: "walking", start: 60, end: nil, confidence: 0.78, source: .import),
            ])
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"tags": []}"#, #"{"tags": {"a": {"time_frames": [{"start": -1}]}}}"#,
        #"{"tags": {"a": {"time_frames": [{"start": 9, "end": 2}]}}}"#, #"{"tags": {"": {"time_frames": [{"start": 1}]}}}"#,
        #"{"tags": {"a": {"time_frames": [{"start": 1, "confidence": 7}]}}}"#,
    ]) func othersAreRefused(_ text: String) {
        #expect(throws: LibraryError.badSidecar) { try SideCar.timestamps(Data(text.utf8)) }
    }

    private static let stamps = [
        Timestamp(tag: "a <b> & c", start: 3661.5, end: 3662.25, confidence: 0.5),
        Timestamp(tag: "=cmd|' /C calc'!A0", start: 0, end: nil, confidence: 1),
    ]

    @Test func webVTTIsWrittenByTheBook() {
        let text = TimelineExport.webVTT(Self.stamps, duration: 4000)
        #expect(
            text == """
                WEBVTT

                1
                00:00:00.000 --> 00:00:01.000
                =cmd|' /C calc'!A0

                2
                01:01:01.500 --> 01:01:02.250
                a &lt;b&gt; &amp; c

                """)
    }

    @Test func csvDoesNoHarmInSpreadsheets() {
        let lines = TimelineExport.csv(Self.stamps).components(separatedBy: "\r\n")
        #expect(lines[1].hasPrefix("'=cmd|' /C calc'!A0,0.000,,1.000"))
        #expect(lines[2] == "a <b> & c,3661.500,3662.250,0.500,manual" && lines[3].isEmpty)
    }

    // MARK: Roots

    @Test func pathsStayInside() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "roots-\(UUID().uuidString)").resolvingSymlinksInPath()
        defer { try? FileManager.default.removeItem(at: base) }
        let (films, other) = (base.appending(path: "films"), base.appending(path: "films-other"))
        for folder in [films, other] { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        try Data("x".utf8).write(to: films.appending(path: "a.mp4"))
        try Data("x".utf8).write(to: other.appending(path: "b.mp4"))
        try FileManager.default.createSymbolicLink(at: films.appending(path: "c.mp4"), withDestinationURL: other.appending(path: "b.mp4"))
        try FileManager.default.createSymbolicLink(at: films.appending(path: "d.mp4"), withDestinationURL: films.appending(path: "a.mp4"))
        let roots = LibraryRoots(folders: [films.path], uploads: base.appending(path: "own"))
        #expect(try roots.file(films.path + "/a.mp4").lastPathComponent == "a.mp4")
        #expect(try roots.file(films.path + "/./x/../a.mp4").lastPathComponent == "a.mp4")
        // A link that stays inside may be followed.
        #expect(try roots.file(films.path + "/d.mp4").lastPathComponent == "a.mp4")
        for path in [other.path + "/b.mp4", films.path + "/c.mp4", films.path, films.path + "/none", "/etc/passwd", "", "/uploads/../films/a.mp4", "/uploads/x/y"] {
            #expect(throws: LibraryError.noSuchFile) { try roots.file(path) }
        }
        try FileManager.default.createSymbolicLink(at: films.appending(path: "way"), withDestinationURL: other)
        let listing = try roots.list(films.path)
        #expect(listing.files.map(\.name) == ["a.mp4", "d.mp4"] && listing.folders.isEmpty)
        #expect(throws: LibraryError.noRoots) { try LibraryRoots(folders: [], uploads: base).file("/x") }
    }

    @Test(arguments: ["../../evil.mp4", "a/b\\c.mp4", "..", "", "%2e%2e", "x\u{0}\u{1b}.mp4", String(repeating: "é", count: 300) + ".mp4"])
    func uploadedNamesAreHarmless(_ name: String) throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "adopt-\(UUID().uuidString)").resolvingSymlinksInPath()
        defer { try? FileManager.default.removeItem(at: base) }
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        let source = base.appending(path: "source")
        try Data("film".utf8).write(to: source)
        let roots = LibraryRoots(folders: [], uploads: base.appending(path: "own"))
        let path = try roots.adopt(source, name: name, copying: true)
        #expect(LibraryRoots.isOwned(path) && path.split(separator: "/").count == 3)
        #expect(try Data(contentsOf: roots.file(path)) == Data("film".utf8))
        roots.removeOwned(path)
        #expect(throws: LibraryError.noSuchFile) { try roots.file(path) }
        #expect(FileManager.default.fileExists(atPath: source.path))
    }

    // MARK: Perceptual hash

    private static func frames(_ shift: Int, brightness: Double = 1) -> [RGBImage] {
        (0..<25).map { number in
            Pictures.drawn(width: 160, height: 90) { x, y in
                let value = Double((x * (number % 5 + 1) + y * (number / 5 + 1) + 40 * shift * number) % 256) * brightness
                return (UInt8(value), UInt8(value), UInt8(value))
            }
        }
    }

    @Test func alikeVideosHaveAlikeHashes() throws {
        let hash = try #require(try PerceptualHash.hash(Self.frames(0)))
        #expect(hash.count == 16)
        let darker = try #require(try PerceptualHash.hash(Self.frames(0, brightness: 0.9)))
        #expect(PerceptualHash.distance(hash, darker) <= PerceptualHash.sameWithin)
        let other = try #require(try PerceptualHash.hash(Self.frames(3)))
        #expect(PerceptualHash.distance(hash, other) > PerceptualHash.sameWithin)
        #expect(try PerceptualHash.hash([]) == nil && PerceptualHash.distance("0", "f") == 4 && PerceptualHash.distance("", "f") == 64)
        #expect(PerceptualHash.frameIndices(count: 50) == Array(stride(from: 1, to: 50, by: 2)) && PerceptualHash.frameIndices(count: 1) == Array(repeating: 0, count: 25))
    }

    // MARK: Frames

    @Test func theFrameShownAtATime() {
        let times = [0, 0.5, 1.0, 2.5]
        #expect([-1, 0, 0.49, 0.5, 0.9999999, 2.4, 2.5, 99].map { FrameLooks.frame(at: $0, in: times) } == [0, 0, 0, 1, 2, 2, 3, 3])
        #expect(FrameLooks.frame(at: 1, in: []) == 0)
    }

    // MARK: Settings

    @Test func changesOfOneAnalysisAreChecked() throws {
        var changes = AnalysisPlan.Changes()
        changes.tags = ["cat", " dog "]
        changes.frameInterval = 0.2
        let plan = try AnalysisPlan(LibrarySettings(), changes)
        #expect(plan.tags == ["cat", "dog"] && plan.tolerance == 0.2 && plan.frameInterval == 0.2)
        #expect(AnalysisPlan(json: plan.json) == plan)
        changes.tolerance = 1
        #expect(throws: LibraryError.self) { try AnalysisPlan(LibrarySettings(), changes) }
        #expect(AnalysisPlan(json: .null) == nil)
    }
}
