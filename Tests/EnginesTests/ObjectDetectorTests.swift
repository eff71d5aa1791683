import Engines
import Foundation
import Media
import Testing

@Suite struct ObjectDetectorTests {
    static let yolox = NativeSamples.model("yolox-nano/yolox_nano.onnx")

    private func ssd(_ options: SSDDetector.Options = SSDDetector.Options()) async throws -> SSDDetector {
        try await SSDDetector(
            graph: NativeSamples.model("ssd-mobilenet-v2-coco/frozen_inference_graph.pb"),
            description: NativeSamples.model("ssd-mobilenet-v2-coco/ssd_mobilenet_v2_coco_2018_03_29.pbtxt"),
            options: options)
    }

    private func yoloxDetector() async throws -> YOLOXDetector {
        try await YOLOXDetector(model: Self.yolox, library: OnnxLibrary(home: NativeSamples.home))
    }

    @Test func labelsAreThoseOfCOCO() {
        #expect(COCOLabels.names.count == 80)
        #expect(Set(COCOLabels.names).count == 80)
        #expect(COCOLabels.name(category: 1) == "person")
        #expect(COCOLabels.name(category: 13) == "stop sign")
        #expect(COCOLabels.name(category: 17) == "cat")
        #expect(COCOLabels.name(category: 47) == "cup")
        #expect(COCOLabels.name(category: 90) == "toothbrush")
        #expect(COCOLabels.name(category: 12) == nil)
        #expect(COCOLabels.name(category: 91) == nil)
    }

    @Test(arguments: [
        ("chelsea.png", "cat", PixelRect(x: 10, y: 0, width: 430, height: 300)),
        ("coffee.png", "cup", PixelRect(x: 165, y: 12, width: 250, height: 250)),
        ("astronaut.png", "person", PixelRect(x: 10, y: 10, width: 360, height: 500)),
    ])
    func ssdFinds(photo: String, label: String, place: PixelRect) async throws {
        let found = try await ssd().detect(in: NativeSamples.photo(photo))
        let match = try #require(found.first { $0.label == label }, "found \(found)")
        #expect(match.box.overlap(with: place) > 0.5, "found at \(match.box)")
        #expect(match.score > 0.5 && match.score <= 1)
    }

    @Test(
        .enabled(if: FileManager.default.isReadableFile(atPath: yolox.path), "needs the YOLOX-nano model file"),
        arguments: [
            ("chelsea.png", "cat", PixelRect(x: 10, y: 0, width: 430, height: 300)),
            ("coffee.png", "cup", PixelRect(x: 165, y: 12, width: 250, height: 250)),
            ("astronaut.png", "person", PixelRect(x: 10, y: 10, width: 360, height: 500)),
            ("motorcycle_left.png", "motorcycle", PixelRect(x: 100, y: 65, width: 590, height: 380)),
        ])
    func yoloxFinds(photo: String, label: String, place: PixelRect) async throws {
        let found = try await yoloxDetector().detect(in: NativeSamples.photo(photo))
        let match = try #require(found.first { $0.label == label }, "found \(found)")
        #expect(match.box.overlap(with: place) > 0.5, "found at \(match.box)")
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func nothingIsFoundInAnEmptyPicture() async throws {
        let empty = NativeSamples.plain(width: 320, height: 200, value: 128)
        #expect(try await ssd().detect(in: empty).isEmpty)
    }

    @Test func boxesStayInsideThePicture() async throws {
        var options = SSDDetector.Options()
        options.minScore = 0.05
        let photo = try NativeSamples.photo("motorcycle_left.png")
        let found = try await ssd(options).detect(in: photo)
        #expect(!found.isEmpty)
        for detection in found {
            #expect(detection.box.x >= 0 && detection.box.y >= 0)
            #expect(detection.box.x + detection.box.width <= Double(photo.width) + 1e-6)
            #expect(detection.box.y + detection.box.height <= Double(photo.height) + 1e-6)
        }
    }

    @Test func onePixelIsAPicture() async throws {
        _ = try await ssd().detect(in: NativeSamples.plain(width: 1, height: 1, value: 0))
    }

    @Test func damagedGraphIsRefused() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "graph-\(UUID().uuidString).pb")
        try Data("not a graph".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        await #expect(throws: NativeEngineError.self) {
            try await SSDDetector(
                graph: file,
                description: NativeSamples.model("ssd-mobilenet-v2-coco/ssd_mobilenet_v2_coco_2018_03_29.pbtxt"))
        }
        await #expect(throws: NativeEngineError.modelMissing(name: "absent")) {
            try await SSDDetector(
                graph: URL(fileURLWithPath: "/nonexistent/absent.pb"),
                description: URL(fileURLWithPath: "/nonexistent/absent.pbtxt"))
        }
    }
}
