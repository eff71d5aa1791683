import Crypto
import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Words are reviewed, pictures are made, looked at, and written as files.
///
/// Nothing is made that nobody could look at: without the detector of bare bodies there are no pictures.
public struct PicturePipeline: Sendable {
    private let models: any ImageDirectory
    private let detector: @Sendable () async throws -> any Detector
    private let metrics: MetricsRegistry
    private let policy = ImagePolicy()
    private let picturePolicy = PicturePolicy()

    /// - Parameter detector: of faces and bare bodies, with NudeNet's labels.
    public init(models: any ImageDirectory, detector: @escaping @Sendable () async throws -> any Detector, metrics: MetricsRegistry) {
        self.models = models
        self.detector = detector
        self.metrics = metrics
    }

    /// Reads words that a picture is to be made of.
    /// - Throws: `PictureError.wordsRefused`.
    @discardableResult
    public func review(_ words: [PolicyText], subjects: [PolicySubject], profile: PolicyProfile) async throws -> PolicyVerdict {
        let verdict = policy.review(words, subjects: subjects, profile: profile, softens: true)
        guard verdict.decision != .blocked else {
            await count(verdict.decision.rawValue, verdict.categories, of: "words")
            throw PictureError.wordsRefused(verdict)
        }
        return verdict
    }

    /// Whether there is somebody to make pictures and to look at them.
    /// - Throws: what the hub throws where there is nobody.
    public func prepare(_ settings: PictureSettings) async throws {
        _ = try await models.imageGenerator(id: settings.model)
        _ = try await detector()
    }

    /// - Throws: `PictureError`; what engines and the hub throw; `DeadlineExceeded`, `CancellationError`.
    public func make(_ request: PictureRequest, context: RequestContext, progress: ProgressHandler?) async throws -> PictureSet {
        let verdict = try await review(request.words, subjects: request.subjects, profile: request.profile)
        // Once for a request, however often its words were read.
        await count(verdict.decision.rawValue, verdict.categories, of: "words")
        let settings = request.settings
        let model = try await models.imageGenerator(id: settings.model)
        let eye = try await detector()
        let people = request.subjects.isEmpty ? [PolicySubject(age: policy.statedAge(in: request.words))] : request.subjects
        let first = settings.seed ?? .random(in: 0...UInt32.max)
        let tally = PictureTally(settings.count, progress)
        let pictures = try await withThrowingTaskGroup(of: (Int, Picture).self) { group in
            for number in 0..<settings.count {
                group.addTask {
                    let prompt = verdict.decision == .softened ? "\(request.prompt) \(ImagePolicy.safetySentence)" : request.prompt
                    let wanted = ImageRequest(
                        prompt: prompt, negativePrompt: request.negativePrompt, size: settings.size, seed: first &+ UInt32(number),
                        steps: settings.steps, guidance: settings.guidance)
                    let made = try await model.generate(wanted, context: context, progress: tally.handler(of: number))
                    let picture = try await finish(made, by: model, seed: wanted.seed, request, people, eye)
                    tally.finished(number)
                    return (number, picture)
                }
            }
            var pictures: [(Int, Picture)] = []
            while let picture = try await group.next() { pictures.append(picture) }
            return pictures.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return PictureSet(pictures: pictures, model: model.id, verdict: verdict)
    }

    /// Looks at what the engine gave, and writes the file that is given out.
    private func finish(
        _ made: GeneratedImage, by model: any ImageGenerator, seed: UInt32, _ request: PictureRequest, _ people: [PolicySubject], _ eye: any Detector
    ) async throws -> Picture {
        if let words = made.revisedPrompt {
            try await review(request.words + [PolicyText(words, origin: .prompt)], subjects: request.subjects, profile: request.profile)
        }
        var image: RGBImage
        do {
            image = try await ImageCodec.decode(made.file)
        } catch is MediaError {
            throw PictureError.unreadable
        }
        let findings = try await eye.detect(in: image).compactMap(PictureFinding.init)
        let verdict = picturePolicy.review(findings, subjects: people, profile: request.profile, covers: true)
        await count(verdict.decision.rawValue, verdict.categories, of: "picture")
        guard verdict.decision != .blocked else { throw PictureError.pictureRefused(verdict) }
        for box in verdict.boxes { image = image.pixelated(box) }
        let settings = request.settings
        // Written anew in any case: what the engine put into its file besides the picture stays here.
        let file =
            switch settings.format {
            case .png: try await ImageCodec.png(image)
            case .jpeg: try await ImageCodec.jpeg(image, quality: settings.quality)
            case .webp: try await ImageCodec.webp(image, quality: settings.quality)
            }
        // Without a date: the same wishes make the same file.
        let provenance = ImageProvenance(
            software: "Martlet \(Version.text)", model: model.id, seed: Int(seed), steps: settings.steps, guidance: settings.guidance,
            size: settings.size, promptHash: SHA256.hash(data: Data(request.prompt.utf8)).map { String(format: "%02x", $0) }.joined(), created: nil)
        return Picture(
            file: try provenance.written(into: file), format: settings.format, size: image.size, seed: seed,
            revisedPrompt: made.revisedPrompt, isCovered: !verdict.boxes.isEmpty)
    }

    /// The audit: how often what was refused, never for whom or of what words.
    private func count(_ decision: String, _ categories: [PolicyCategory], of subject: String) async {
        for category in categories.isEmpty ? ["none"] : categories.map(\.rawValue) {
            await metrics.increment(
                "martlet_image_policy_total", "Words and pictures that the policy judged.",
                [("subject", subject), ("decision", decision), ("category", category)])
        }
    }
}

extension RGBImage {
    /// The same picture with a part of it in blocks so coarse that nothing can be told from it.
    func pixelated(_ box: PixelRect) -> RGBImage {
        func inside(_ place: Double, _ most: Int) -> Int { Int(max(0, min(Double(most), place))) }
        let (left, right) = (inside(box.x, width), inside((box.x + box.width).rounded(.up), width))
        let (top, bottom) = (inside(box.y, height), inside((box.y + box.height).rounded(.up), height))
        let block = max(16, max(right - left, bottom - top) / 4)
        var pixels = pixels
        for blockTop in stride(from: top, to: bottom, by: block) {
            for blockLeft in stride(from: left, to: right, by: block) {
                let rows = blockTop..<min(bottom, blockTop + block)
                let columns = blockLeft..<min(right, blockLeft + block)
                for channel in 0..<3 {
                    var sum = 0
                    for row in rows { for column in columns { sum += Int(pixels[(row * width + column) * 3 + channel]) } }
                    let mean = UInt8(sum / (rows.count * columns.count))
                    for row in rows { for column in columns { pixels[(row * width + column) * 3 + channel] = mean } }
                }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}
