import Foundation

/// How a generated picture came to be: what is written into it, so that people and programs can tell it from a photograph.
///
/// ```swift
/// let provenance = ImageProvenance(software: "Martlet 1.0", model: "sdxl-turbo", seed: 7, steps: 4, created: Date())
/// let marked = try provenance.written(into: picture)
/// ```
///
/// The prompt itself is never written: it can hold personal data and outlives every access control once it is inside a
/// file. Its hash lets those who know the prompt check it.
///
/// Values are cleaned as they come in (see the initialiser), so that what is read back equals what was written.
public struct ImageProvenance: Sendable, Equatable {
    /// IPTC's vocabulary of sources, where it concerns models: https://cv.iptc.org/newscodes/digitalsourcetype/
    public enum DigitalSourceType: String, Sendable, CaseIterable {
        /// Made by a model from a description.
        case trainedAlgorithmicMedia = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
        /// A given picture that a model changed or added to.
        case compositeWithTrainedAlgorithmicMedia =
            "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    }

    public let digitalSourceType: DigitalSourceType
    /// For example `Martlet 1.0`.
    public let software: String?
    public let model: String?
    public let seed: Int?
    public let steps: Int?
    /// The scale of classifier-free guidance.
    public let guidance: Double?
    /// The size that was asked for; what is delivered may be another.
    public let size: PixelSize?
    /// SHA-256 of the prompt, 64 hexadecimal digits in lower case.
    public let promptHash: String?
    /// In whole seconds.
    public let created: Date?

    /// The longest text kept, in Unicode scalars.
    public static let maxTextLength = 256

    /// - Parameters:
    ///   - software, model: Control characters become spaces, spaces at the ends go, the rest is cut to `maxTextLength`.
    ///   - guidance: Left out unless finite.
    ///   - size: Left out unless both sides are positive.
    ///   - promptHash: Left out unless it is 64 hexadecimal digits, so that no prompt slips in by mistake.
    ///   - created: Cut to whole seconds; left out outside the years 1970 to 9999, which the format can't say.
    public init(
        software: String?, model: String? = nil, seed: Int? = nil, steps: Int? = nil, guidance: Double? = nil,
        size: PixelSize? = nil, promptHash: String? = nil, created: Date?,
        digitalSourceType: DigitalSourceType = .trainedAlgorithmicMedia
    ) {
        self.digitalSourceType = digitalSourceType
        self.software = software.flatMap(Self.plain)
        self.model = model.flatMap(Self.plain)
        self.seed = seed
        self.steps = steps
        self.guidance = guidance.flatMap { $0.isFinite ? $0 : nil }
        self.size = size.flatMap { $0.width > 0 && $0.height > 0 ? $0 : nil }
        self.promptHash = promptHash.flatMap(Self.hash)
        self.created = created.flatMap(Self.wholeSeconds)
    }

    /// Reads the mark of a PNG, JPEG or WebP file, also one that other software has rewritten or written itself.
    /// - Returns: `nil` when the picture doesn't say that a model made it. That proves nothing: marks are easily removed, and
    ///   as easily forged.
    public init?(readFrom picture: Data) {
        guard let container = try? pictureContainer(of: picture), let packet = container.xmp(),
            let properties = XMPProperties(packet)
        else { return nil }
        self.init(properties)
    }

    /// The same picture, with this mark: an XMP packet in the place of the present one, and in PNG also the line
    /// `parameters` that Stable Diffusion tools read, in the place of theirs. All else stays, byte for byte: an engine's own file may hold the prompt elsewhere.
    ///
    /// A simple WebP file becomes an extended one. Older signatures over the file (C2PA) no longer hold.
    /// - Throws: ``PictureMetadataError``.
    public func written(into picture: Data) throws -> Data {
        let container = try pictureContainer(of: picture)
        return Data(try container.marked(xmp: Array(xmpPacket.utf8), parameters: parametersLine))
    }

    /// What Stable Diffusion tools show: `Steps: 8, Seed: 1, CFG scale: 0, Size: 512x512, Model: …`; `nil` when the steps
    /// are unknown, by which those tools recognise the line.
    ///
    /// As AUTOMATIC1111's `parse_generation_parameters` reads it, less the prompt that usually comes before:
    /// https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/master/modules/infotext_utils.py
    public var parametersLine: String? {
        guard let steps else { return nil }
        var fields = ["Steps: \(steps)"]
        if let seed { fields.append("Seed: \(seed)") }
        if let guidance { fields.append("CFG scale: \(Self.text(guidance))") }
        if let size { fields.append("Size: \(size.width)x\(size.height)") }
        if let model { fields.append("Model: \(Self.quoted(model))") }
        return fields.joined(separator: ", ")
    }
}

/// Values as text.
extension ImageProvenance {
    /// `0` for 0.0, `3.5` for 3.5, whatever the locale.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }

    /// Commas and colons would end or split the field.
    private static func quoted(_ text: String) -> String {
        let special: Set<Unicode.Scalar> = [",", ":", "\"", "\\"]
        guard text.unicodeScalars.contains(where: special.contains) else { return text }
        let escaped = text.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(string(escaped))\""
    }

    private static func plain(_ text: String) -> String? {
        // A text of any length may come in; trimming can take at most what is there. Once more after the cut.
        let scalars = text.unicodeScalars.prefix(8 * maxTextLength).map { isPrintable($0) ? $0 : " " }
        let trimmed = string(scalars).trimmingCharacters(in: .whitespaces)
        let cut = string(trimmed.unicodeScalars.prefix(maxTextLength)).trimmingCharacters(in: .whitespaces)
        return cut.isEmpty ? nil : cut
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// XML has no way to say the others: https://www.w3.org/TR/xml/#charsets
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: scalar.value != 0xFFFE && scalar.value != 0xFFFF
        }
    }

    private static func hash(_ text: String) -> String? {
        guard text.utf8.count == 64, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return text.lowercased()
    }

    private static func wholeSeconds(_ date: Date) -> Date? {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        // The end is 9999-12-31T23:59:59Z.
        return (0...253_402_300_799).contains(seconds) ? Date(timeIntervalSince1970: seconds) : nil
    }
}
