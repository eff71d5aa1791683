import Crypto
import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Makes pictures for a surface.
public protocol PictureMaking: Sendable {
    /// - Throws: `PictureError`; what engines and the hub throw; `DeadlineExceeded`, `CancellationError`.
    func make(_ request: PictureRequest, context: RequestContext) async throws -> PictureSet
}

/// Words are reviewed, pictures are made, looked at, and written as files.
///
/// Nothing is made that nobody could look at: without the detector of bare bodies there are no pictures.
public struct PicturePipeline: PictureMaking {
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

    public func make(_ request: PictureRequest, context: RequestContext) async throws -> PictureSet {
        let texts = [PolicyText(request.prompt)] + (request.negativePrompt.map { [PolicyText($0, origin: .other)] } ?? [])
        let verdict = policy.review(texts, subjects: [], profile: .moderated, softens: true)
        await count(verdict.decision.rawValue, verdict.categories, of: "words")
        guard verdict.decision != .blocked else { throw PictureError.wordsRefused(verdict) }
        let model = try await models.imageGenerator(id: request.model)
        let eye = try await detector()
        let people = [PolicySubject(age: policy.statedAge(in: texts))]
        let first = request.seed ?? .random(in: 0...UInt32.max)
        let pictures = try await withThrowingTaskGroup(of: (Int, Picture).self) { group in
            for number in 0..<request.count {
                group.addTask {
                    let prompt = verdict.decision == .softened ? "\(request.prompt) \(ImagePolicy.safetySentence)" : request.prompt
                    let wanted = ImageRequest(
                        prompt: prompt, negativePrompt: request.negativePrompt, size: request.size, seed: first &+ UInt32(number),
                        steps: request.steps, guidance: request.guidance)
                    return (number, try await finish(try await model.generate(wanted, context: context), by: model, seed: wanted.seed, request, people, eye))
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
            let verdict = policy.review(
                [PolicyText(request.prompt), PolicyText(words, origin: .prompt)], subjects: [], profile: .moderated, softens: true)
            guard verdict.decision != .blocked else { throw PictureError.wordsRefused(verdict) }
        }
        var image: RGBImage
        do {
            image = try await ImageCodec.decode(made.file)
        } catch is MediaError {
            throw PictureError.unreadable
        }
        let findings = try await eye.detect(in: image).compactMap(PictureFinding.init)
        let verdict = picturePolicy.review(findings, subjects: people, profile: .moderated, covers: true)
        await count(verdict.decision.rawValue, verdict.categories, of: "picture")
        guard verdict.decision != .blocked else { throw PictureError.pictureRefused(verdict) }
        for box in verdict.boxes { image = image.pixelated(box) }
        // Written anew in any case: what the engine put into its file besides the picture stays here.
        let file =
            switch request.format {
            case .png: try await ImageCodec.png(image)
            case .jpeg: try await ImageCodec.jpeg(image, quality: request.quality)
            case .webp: try await ImageCodec.webp(image, quality: request.quality)
            }
        // Without a date: the same wishes make the same file.
        let provenance = ImageProvenance(
            software: "Martlet \(Version.text)", model: model.id, seed: Int(seed), steps: request.steps, guidance: request.guidance,
            size: request.size, promptHash: SHA256.hash(data: Data(request.prompt.utf8)).map { String(format: "%02x", $0) }.joined(), created: nil)
        return Picture(
            file: try provenance.written(into: file), format: request.format, size: image.size, seed: seed, revisedPrompt: made.revisedPrompt, isCovered: !verdict.boxes.isEmpty)
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
