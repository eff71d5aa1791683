import Foundation

/// A picture file as a row of parts. Its pixels' bytes are copied as they are; time and memory grow with the length of the file and
/// with nothing that the file claims.
protocol PictureContainer {
    /// The first XMP packet that is stored plain. Reads only as far as needed.
    func xmp() -> ArraySlice<UInt8>?

    /// Everything as it is, but with this XMP packet instead of the present one.
    /// - Parameter parameters: The line under the keyword `parameters`; only PNG has a place for it.
    /// - Throws: `PictureMetadataError`. Files that end early are refused.
    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8]
}

/// Recognises a picture by its first bytes; names and declared types are not asked.
/// - Throws: `PictureMetadataError.unsupportedFormat`.
func pictureContainer(of picture: Data) throws -> any PictureContainer {
    let bytes = [UInt8](picture)
    if bytes.starts(with: PNGContainer.signature) { return PNGContainer(bytes) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return JPEGContainer(bytes) }
    if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return WebPContainer(bytes) }
    throw PictureMetadataError.unsupportedFormat
}
