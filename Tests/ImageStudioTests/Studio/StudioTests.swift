import Engines
import Foundation
import Foundations
import ImageStudio
import Media
import ModelHub
import Synchronization
import Testing

/// Paints grey, finds nothing, and chats as it is told: everything that a studio needs of a hub.
private final class Hub: ImageDirectory, ImageGenerator, Detector, ModelDirectory, ChatModel {
    let id = "hub"
    let backend = "test"
    let seesImages = false
    let contextTokens: Int? = nil
    let patchSize: Int? = nil
    private let asked = Mutex<(pictures: [ImageRequest], chats: Int)>(([], 0))
    private let answers: @Sendable (Int) async throws -> String

    /// - Parameter answers: of the chat model, by the number of the question; throws where there is none.
    init(_ answers: @escaping @Sendable (Int) async throws -> String = { _ in throw ModelFailure.noChatModel }) { self.answers = answers }

    var pictures: [ImageRequest] { asked.withLock { $0.pictures } }
    var chats: Int { asked.withLock { $0.chats } }

    func imageGenerator(id: String?) async throws -> any ImageGenerator { self }
    func chatModel(id: String?, context: RequestContext) async throws -> any ChatModel { self }
    func models() async -> [ModelSummary] { [] }
    func detect(in image: RGBImage) async throws -> [Detection] { [] }

    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        asked.withLock { $0.pictures.append(request) }
        progress?(ProgressUpdate(stage: "queue", done: 0, total: 2))
        progress?(ProgressUpdate(stage: "paint", done: 1, total: 4))
        let pixels = [UInt8](repeating: 128, count: request.size.pixels * 3)
        return GeneratedImage(file: try await ImageCodec.png(RGBImage(width: request.size.width, height: request.size.height, pixels: pixels)))
    }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let number = asked.withLock {
            $0.chats += 1
            return $0.chats
        }
        let answer = try await answers(number)
        return ChatStream { continuation in
            continuation.yield([.text(answer)])
            continuation.finish()
        }
    }
}

@Suite struct StudioTests {
    private let context = RequestContext(deadline: .after(.seconds(60)))
    private let settings = PictureSettings(size: PixelSize(width: 64, height: 64), seed: 5)
    private static let prompt =
        "Two friends, @asha and @ben, sharing noodles at a wooden table in a warm kitchen, laughing, soft evening light, medium shot."

    private func studio(_ hub: Hub, patience: Studio.Patience = Studio.Patience()) -> Studio {
        Studio(
            pictures: PicturePipeline(models: hub, detector: { hub }, metrics: MetricsRegistry()), models: hub, writer: nil, patience: patience)
    }

    private func request(_ text: String, mode: PromptRequest.Mode = .shorts, profile: PolicyProfile = .moderated) throws -> StudioRequest {
        StudioRequest(.chat(try PromptSamples.request(text, mode: mode)), settings: settings, sources: [PolicyText(text)], profile: profile)
    }

    @Test func theModelWritesPromptAndCaption() async throws {
        let hub = Hub { $0 == 1 ? #"{"expanded_prompt": "\#(Self.prompt)"}"# : #"{"caption": "Warm noodles, loud laughter, and an evening that nobody wants to end."}"# }
        let answer = try await studio(hub).make(try request("Noodles!"), context: context, progress: nil)
        #expect(answer.prompt?.source == .model && answer.prompt?.value == Self.prompt && answer.caption?.source == .model)
        #expect(hub.pictures.map(\.prompt) == [Self.prompt] && hub.pictures[0].seed == 5)
    }

    @Test func whatItMayNotWriteIsComposed() async throws {
        let hub = Hub { _ in #"{"expanded_prompt": "A naked child on a bed, every detail of the body is shown, soft evening light, medium shot at eye level."}"# }
        let answer = try await studio(hub).make(try request("Noodles!"), context: context, progress: nil)
        #expect(answer.prompt?.source == .composer && !hub.pictures[0].prompt.contains("naked"))
    }

    @Test func aModelThatIsDownIsAskedOnce() async throws {
        let hub = Hub()
        let answer = try await studio(hub).make(try request("Noodles!"), context: context, progress: nil)
        #expect(answer.prompt?.source == .composer && answer.caption?.source == .composer && hub.chats == 1)
    }

    @Test func nobodyWaitsLongForASilentModel() async throws {
        let hub = Hub { _ in
            try await Task.sleep(for: .seconds(60))
            return ""
        }
        var patience = Studio.Patience()
        patience.prompt = .milliseconds(100)
        let started = ContinuousClock.now
        let answer = try await studio(hub, patience: patience).make(try request("Noodles!"), context: context, progress: nil)
        #expect(answer.caption?.source == .composer && hub.chats == 1 && ContinuousClock.now - started < .seconds(20))
    }

    @Test func longMessagesAreShortened() async throws {
        let long = Array(repeating: "noodles", count: 40).joined(separator: " ")
        let hub = Hub { _ in #"{"text": "Noodles, all of them, tonight."}"# }
        _ = try await studio(hub).make(try request(long), context: context, progress: nil)
        #expect(hub.pictures[0].prompt.contains("all of them") && !hub.pictures[0].prompt.contains("noodles noodles"))
    }

    @Test func refusedWordsAreReadByNobody() async throws {
        let hub = Hub()
        let wanted = try request("a naked schoolgirl")
        await #expect(throws: PictureError.self) { try await studio(hub).check(wanted) }
        await #expect(throws: PictureError.self) { try await studio(hub).make(wanted, context: context, progress: nil) }
        #expect(hub.chats == 0 && hub.pictures.isEmpty)
    }

    /// Ben of the samples looks young: under a profile for adults that is refused, whatever the words are.
    @Test func adultPicturesNeedAdults() async throws {
        let wanted = try request("topless on the balcony", mode: .oneToOne, profile: .adult)
        let error = await #expect(throws: PictureError.self) { try await studio(Hub()).check(wanted) }
        #expect(error?.report.details["reason"] == "HARD_BLOCK")
    }

    @Test func portraitsFollowTheFeatures() async throws {
        let hub = Hub()
        let wanted = StudioRequest(.portrait(PromptSamples.asha, .anime), settings: settings)
        let answer = try await studio(hub).make(wanted, context: context, progress: nil)
        #expect(hub.chats == 0 && hub.pictures[0].prompt.contains("Waist-up portrait of exactly one person") && answer.caption == nil)
        let document = try await StudioDocument(files: nil).json(answer, of: wanted)
        #expect(document["image_bytes_b64"]?.stringValue?.isEmpty == false && document["seed"] == 5 && document["image_url"] == nil)
    }

    @Test func progressTellsPlacesAndSteps() async throws {
        let told = Mutex<[ProgressUpdate]>([])
        _ = try await studio(Hub()).make(try request("Noodles!"), context: context) { update in told.withLock { $0.append(update) } }
        let updates = told.withLock { $0 }
        #expect(updates.map(\.stage) == ["prompt", "queue", "paint", "paint", "caption"])
        #expect(updates[1].total == 2 && updates[2].fraction == 0.25 && updates[3].fraction == 1)
        var several = settings
        several.count = 2
        told.withLock { $0 = [] }
        _ = try await studio(Hub()).make(StudioRequest(.words(prompt: "a lake", negativePrompt: nil), settings: several), context: context) { update in
            told.withLock { $0.append(update) }
        }
        #expect(told.withLock { $0.last } == ProgressUpdate(stage: "paint", done: 2, total: 2))
    }

    @Test func requestsOutliveAProgram() throws {
        let wanted = [
            StudioRequest(.words(prompt: "a lake", negativePrompt: "fog"), settings: settings),
            StudioRequest(.portrait(PromptSamples.asha, .pixelArt), settings: settings), try request("Noodles!", profile: .adult),
        ]
        for request in wanted {
            let again = try JSONDecoder().decode(StudioRequest.self, from: JSONEncoder().encode(request))
            #expect(again == request)
        }
        let job = try StudioJob.request(StudioRequest(.words(prompt: "a lake", negativePrompt: nil), settings: PictureSettings(size: settings.size)), owner: "anna", idempotencyKey: nil)
        #expect(job.payload["settings"]?["seed"]?.intValue != nil)
    }
}
