/// Why a picture can't be marked.
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
}
