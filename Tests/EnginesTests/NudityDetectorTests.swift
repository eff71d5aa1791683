import Engines
import Foundation
import Testing

/// Against what the package `nudenet` 3.4.2 finds with the same file. It feeds blue and red exchanged, which finds less.
@Suite struct NudityDetectorTests {
    private func detector() async throws -> NudityDetector {
        try await NudityDetector(model: NativeSamples.model("nudenet-320n/320n.onnx"), library: OnnxLibrary(home: NativeSamples.home))
    }

    @Test func facesAreFoundWhereTheyAre() async throws {
        let found = try await detector().detect(in: try NativeSamples.photo("astronaut.png"))
        let face = try #require(found.first { $0.label == "FACE_FEMALE" })
        #expect(face.score > 0.7)
        #expect(abs(face.box.x - 173) < 8 && abs(face.box.y - 82) < 8 && abs(face.box.width - 102) < 12 && abs(face.box.height - 98) < 12)
        #expect(!found.contains { $0.label.hasSuffix("EXPOSED") })
    }

    @Test(arguments: ["chelsea.png", "coffee.png", "rocket.jpg"]) func thingsAreNoBodies(photo: String) async throws {
        #expect(try await detector().detect(in: try NativeSamples.photo(photo)).allSatisfy { !$0.label.hasSuffix("EXPOSED") || $0.score < 0.4 })
    }

    @Test func anotherModelIsRefused() async throws {
        await #expect(throws: NativeEngineError.self) {
            try await NudityDetector(model: NativeSamples.model("silero-vad/silero_vad.onnx"), library: OnnxLibrary(home: NativeSamples.home))
        }
    }
}
