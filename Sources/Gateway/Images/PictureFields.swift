import Foundation
import Foundations
import Hummingbird
import ImageStudio
import Media

/// The fields that every request for pictures may carry: read, checked and documented from here.
struct PictureFields {
    static let smallest = 64
    /// Sides are multiples of this: models paint in blocks.
    static let block = 16

    let limits: ImagesConfiguration
    let count: NumericField
    let seed = NumericField.integer(
        "seed", 0...Int(UInt32.max), "The same seed, words and settings make the same picture; default: a random one, which the answer tells")
    let steps: NumericField
    let guidance = NumericField.number("guidance", 0...30, "How closely the words are followed; default: the engine's own")
    let quality = NumericField.integer("output_compression", 1...100, fallback: 90, "Quality of JPEG and WebP files")

    init(_ limits: ImagesConfiguration) {
        self.limits = limits
        count = .integer("n", 1...limits.maxCount, fallback: 1, "Pictures")
        steps = .integer("steps", 1...limits.maxSteps, "Steps of the sampler; default: the engine's own")
    }

    /// Numbers of every picture; `n` is of the route that makes several.
    var shared: [NumericField] { [seed, steps, guidance, quality] }

    /// The settings of a request.
    /// - Parameter standard: what isn't said stays as it is there.
    func settings(_ fields: FieldReader, _ standard: PictureSettings) -> PictureSettings {
        var settings = standard
        if let model = fields.string("model"), !model.isEmpty { settings.model = model }
        settings.size = size(fields) ?? standard.size
        settings.seed = fields.integer(seed).flatMap { UInt32(exactly: $0) }
        settings.steps = fields.integer(steps) ?? standard.steps
        settings.guidance = fields.number(guidance)
        settings.format = fields.choice("output_format", of: PictureFormat.self) ?? .png
        settings.quality = fields.integer(quality) ?? 90
        return settings
    }

    /// A text that gets into prompts.
    func check(_ text: String, _ name: String, _ fields: FieldReader) {
        guard text.count > limits.maxCharacters else { return }
        fields.fault(name, "text_too_long", "'\(name)' may have \(limits.maxCharacters) characters (images.max_characters).")
    }

    private func size(_ fields: FieldReader) -> PixelSize? {
        guard let text = fields.string("size"), !text.isEmpty, text != "auto" else { return nil }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        if sides.count == 2, let width = sides[0], let height = sides[1],
            [width, height].allSatisfy({ (Self.smallest...limits.maxSide).contains($0) && $0.isMultiple(of: Self.block) })
        {
            return PixelSize(width: width, height: height)
        }
        fields.fault(
            "size", "unknown_value",
            "'size' is auto, or WIDTHxHEIGHT with sides of \(Self.smallest) to \(limits.maxSide) pixels (images.max_side) that are multiples of \(Self.block).")
        return nil
    }
}
