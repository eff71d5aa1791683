/// Why a picture's metadata can't be removed or written.
public enum PictureMetadataError: Error, Sendable, Equatable, CaseIterable {
    /// Neither PNG nor JPEG nor WebP.
    case unsupportedFormat
    /// A PNG, JPEG or WebP file with a part that no decoder here reads, such as JPEG-LS or an unknown critical PNG chunk.
    case unsupportedVariant
    /// The file ends before the picture does.
    case truncated
    /// A PNG chunk's checksum doesn't fit its bytes.
    case checksumMismatch
    /// The parts contradict the format.
    case damaged
    /// The result is longer than its format can say.
    case tooLarge

    /// For people. It names no byte of the picture, no offset and no file.
    public var message: String {
        switch self {
        case .unsupportedFormat: "This is not a PNG, JPEG or WebP picture. Convert it to one of them."
        case .unsupportedVariant: "This kind of PNG, JPEG or WebP picture isn't supported. Save it again in a common form."
        case .truncated: "The picture is cut off. Send it again, complete."
        case .checksumMismatch, .damaged: "The picture is damaged. Send it again, or save it anew."
        case .tooLarge: "The picture is too large for its format. Use a smaller one."
        }
    }
}
