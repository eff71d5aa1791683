import Engines
import Foundation
import Foundations
import ImageStudio
import Media
import ModelHub
import Testing

/// An engine that paints one grey, and a detector that finds what it is told to.
private struct Painter: ImageDirectory, ImageGenerator, Detector {
    let id = "painter"
    let backend = "test"
    var size = PixelSize(width: 64, height: 64)
    var found: [Detection] = []
    var revisedPrompt: String?
    var file: Data?
    let asked = Asked()

    actor Asked {
        private(set) var requests: [ImageRequest] = []
        func add(_ request: ImageRequest) { requests.append(request) }
    }

    func imageGenerator(id: String?) async throws -> any ImageGenerator { self }

    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        await asked.add(request)
        // A fine pattern: covering it is seen.
        let pixels = (0..<size.pixels).flatMap { place -> [UInt8] in
            let value: UInt8 = (place % size.width + place / size.width).isMultiple(of: 2) ? 255 : 0
            return [value, value, value]
        }
        let image = try await ImageCodec.png(RGBImage(width: size.width, height: size.height, pixels: pixels))
        return GeneratedImage(file: file ?? image, revisedPrompt: revisedPrompt)
    }

    func detect(in image: RGBImage) async throws -> [Detection] { found }
}

@Suite struct PicturePipelineTests {
    private let context = RequestContext(deadline: .after(.seconds(60)))

    private func make(
        _ prompt: String, with painter: Painter, detector: (@Sendable () async throws -> any Detector)? = nil, metrics: MetricsRegistry = .init(),
        change: (inout PictureRequest) -> Void = { _ in }
    ) async throws -> PictureSet {
        var request = PictureRequest(prompt: prompt, settings: PictureSettings(size: PixelSize(width: 64, height: 64), seed: 5))
        change(&request)
        return try await PicturePipeline(models: painter, detector: detector ?? { painter }, metrics: metrics).make(request, context: context, progress: nil)
    }

    private static func detection(_ label: String, score: Double = 0.9) -> Detection {
        Detection(label: label, score: score, box: PixelRect(x: 16, y: 16, width: 32, height: 32))
    }

    @Test func picturesAreMadeInOrderOfTheirSeeds() async throws {
        let painter = Painter()
        let made = try await make("a lighthouse", with: painter, change: { $0.settings.count = 3 })
        #expect(made.pictures.map(\.seed) == [5, 6, 7] && made.model == "painter" && made.verdict.decision == .allowed)
        #expect(await painter.asked.requests.map(\.seed).sorted() == [5, 6, 7])
        #expect(made.pictures.allSatisfy { $0.format == .png && !$0.isCovered && $0.size == painter.size })
    }

    @Test(arguments: PictureFormat.allCases) func everyFormatCanBeRead(format: PictureFormat) async throws {
        let made = try await make("a lighthouse", with: Painter(), change: { $0.settings.format = format })
        let file = try #require(made.pictures.first).file
        #expect(try await ImageCodec.decode(file).size == PixelSize(width: 64, height: 64))
        let mark = try #require(ImageProvenance(readFrom: file))
        #expect(mark.digitalSourceType == .trainedAlgorithmicMedia && mark.model == "painter" && mark.seed == 5 && mark.size == PixelSize(width: 64, height: 64))
        // SHA-256 of "a lighthouse", by sha256sum.
        #expect(mark.promptHash == "f2e40ed4875e649d794563627aba52f316f5dc191ad30dfda48f643c242d1e48" && file.range(of: Data("lighthouse".utf8)) == nil)
    }

    @Test func refusedWordsReachNoEngine() async throws {
        let painter = Painter()
        let error = await #expect(throws: PictureError.self) { try await make("a naked schoolgirl", with: painter) }
        let report = try #require(error?.report)
        #expect(report.kind == .forbidden && report.code == "policy_blocked" && report.details["reason"] == "HARD_BLOCK")
        #expect(!report.message.contains("schoolgirl"))
        #expect(await painter.asked.requests.isEmpty)
    }

    @Test func softWordsGetTheSafetySentence() async throws {
        let painter = Painter()
        let made = try await make("a topless woman", with: painter)
        #expect(made.verdict.decision == .softened)
        #expect(await painter.asked.requests.first?.prompt.hasSuffix(ImagePolicy.safetySentence) == true)
    }

    @Test func whatTheEngineRewroteIsReviewed() async throws {
        await #expect(throws: PictureError.self) { try await make("a lighthouse", with: Painter(revisedPrompt: "a naked child")) }
        let made = try await make("a lighthouse", with: Painter(revisedPrompt: "a tall lighthouse"))
        #expect(made.pictures.first?.revisedPrompt == "a tall lighthouse")
    }

    @Test func bareBodiesAreCoveredAndWorseIsRefused() async throws {
        let covered = try await make("a woman", with: Painter(found: [Self.detection("FEMALE_BREAST_EXPOSED")]))
        let picture = try #require(covered.pictures.first)
        #expect(picture.isCovered)
        let image = try await ImageCodec.decode(picture.file)
        func pixel(_ x: Int, _ y: Int) -> UInt8 { image.pixels[(y * image.width + x) * 3] }
        #expect((100...160).contains(pixel(32, 32)) && pixel(32, 32) == pixel(33, 32), "nothing can be told from the covered part")
        #expect(pixel(2, 2) != pixel(3, 2), "the rest is as it was")

        for label in ["FEMALE_GENITALIA_EXPOSED", "MALE_GENITALIA_EXPOSED", "ANUS_EXPOSED"] {
            await #expect(throws: PictureError.self) { try await make("a person", with: Painter(found: [Self.detection(label)])) }
        }
        let young = await #expect(throws: PictureError.self) {
            try await make("a girl, 14 years old, on a bicycle", with: Painter(found: [Self.detection("FEMALE_BREAST_EXPOSED", score: 0.25)]))
        }
        #expect(young?.report.details["reason"] == "HARD_BLOCK", "a doubt counts where somebody may be young")
        #expect(try await make("a man at the pool", with: Painter(found: [Self.detection("MALE_BREAST_EXPOSED")])).pictures.count == 1)
    }

    @Test func withoutADetectorNothingIsMade() async throws {
        let painter = Painter()
        await #expect(throws: ModelHubError.modelNotFetched("nudenet-320n")) {
            try await make("a lighthouse", with: painter, detector: { throw ModelHubError.modelNotFetched("nudenet-320n") })
        }
        #expect(await painter.asked.requests.isEmpty)
    }

    @Test func whatIsNoPictureIsTheEnginesFault() async throws {
        await #expect(throws: PictureError.unreadable) { try await make("a lighthouse", with: Painter(file: Data("no picture".utf8))) }
    }

    @Test func theAuditCountsAndNamesNobody() async throws {
        let metrics = MetricsRegistry()
        _ = try? await make("a naked schoolgirl named Mary", with: Painter(), metrics: metrics)
        let text = await metrics.text()
        #expect(text.contains(#"martlet_image_policy_total{subject="words",decision="blocked",category="minors"} 1"#) && !text.contains("Mary"))
    }
}
