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
                    let made = try await model.generate(wanted, context: context, onQueued: { _ in })
                    return (number, try await finish(made, seed: wanted.seed, request, people, eye))
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
        _ made: GeneratedImage, seed: UInt32, _ request: PictureRequest, _ people: [PolicySubject], _ eye: any Detector
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
        let findings = try await eye.detect(in: image).compactMap { PictureFinding($0, in: image.size) }
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
        return Picture(
            file: file, format: request.format, size: image.size, seed: seed, revisedPrompt: made.revisedPrompt, isCovered: !verdict.boxes.isEmpty)
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

extension PictureFinding {
    /// - Returns: `nil` for a label that the policy doesn't know.
    init?(_ detection: Detection, in size: PixelSize) {
        guard let label = Label(rawValue: detection.label), size.width > 0, size.height > 0 else { return nil }
        let (width, height) = (Double(size.width), Double(size.height))
        self.init(
            label: label, score: detection.score,
            box: PictureBox(
                x: detection.box.x / width, y: detection.box.y / height, width: detection.box.width / width, height: detection.box.height / height))
    }
}

extension RGBImage {
    /// The same picture with a part of it in blocks so coarse that nothing can be told from it.
    func pixelated(_ box: PictureBox) -> RGBImage {
        let left = min(width, max(0, Int(box.x * Double(width))))
        let top = min(height, max(0, Int(box.y * Double(height))))
        let right = min(width, max(left, Int(((box.x + box.width) * Double(width)).rounded(.up))))
        let bottom = min(height, max(top, Int(((box.y + box.height) * Double(height)).rounded(.up))))
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
