import Foundation

/// What a picture file says beside its pixels: removing it, and the one thing in it that changes how the picture looks.
///
/// ```swift
/// let orientation = PictureMetadata.orientation(of: upload)
/// let clean = try PictureMetadata.withoutMetadata(upload, keepingOrientation: true)
/// ```
///
/// Nothing is decoded: the pixels' bytes are copied as they are, so that they can't change. Time and memory grow with the
/// length of the file and with nothing that the file claims; who calls bounds that length.
public enum PictureMetadata {
    /// The picture with only what decoding needs.
    ///
    /// - PNG keeps header, palette, transparency, pixels, animation, colour (`iCCP`, `sRGB`, `gAMA`, `cHRM`, `cICP`, `mDCV`,
    ///   `cLLI`, `sBIT`), background and the pixels' shape. Every other ancillary chunk goes: text, time, EXIF, C2PA,
    ///   private ones.
    /// - JPEG keeps tables, frames, scans, JFIF without its thumbnail, the ICC profile and Adobe's colour transform. Every
    ///   other application segment and the comments go: EXIF, XMP, IPTC, C2PA, the index of further pictures.
    /// - WebP keeps image, alpha, animation and the ICC profile. EXIF, XMP and unknown chunks go, also those inside frames.
    ///
    /// Bytes behind the picture's end go too, and with them the gain map of an HDR photo: the base picture stays.
    /// Doing it twice changes nothing more. A WebP file whose extended header has nothing left to say becomes a simple one.
    /// - Parameter keepingOrientation: Writes an EXIF block that holds the orientation and nothing else, when the picture
    ///   isn't upright already. Otherwise who shows the result turns it by ``orientation(of:)`` of the original.
    /// - Throws: ``PictureMetadataError``. Files that end early are refused, since what is missing can't be judged.
    public static func withoutMetadata(_ picture: Data, keepingOrientation: Bool = false) throws -> Data {
        let container = try container(of: picture)
        let orientation = keepingOrientation ? orientation(in: container) : ExifOrientation.upright
        return Data(try container.withoutMetadata(exif: ExifOrientation.block(orientation)))
    }

    /// The EXIF orientation: 1 (upright) to 8, as EXIF 2.32 numbers them under tag 0x0112 (CIPA DC-008, 4.6.4 A).
    ///
    /// Read from a JPEG's first EXIF segment, from `eXIf` in PNG, from `EXIF` in WebP; 1 where none of them says anything
    /// valid, also when the file is no picture. A file that is damaged after its EXIF block still tells.
    public static func orientation(of picture: Data) -> Int {
        guard let container = try? container(of: picture) else { return ExifOrientation.upright }
        return orientation(in: container)
    }

    static func container(of picture: Data) throws -> any PictureContainer {
        let bytes = [UInt8](picture)
        return switch PictureFileType(signature: bytes[...]) {
        case .png: PNGContainer(bytes)
        case .jpeg: JPEGContainer(bytes)
        case .webp: WebPContainer(bytes)
        case nil: throw PictureMetadataError.unsupportedFormat
        }
    }

    private static func orientation(in container: any PictureContainer) -> Int {
        container.exif().map(ExifOrientation.read) ?? ExifOrientation.upright
    }
}

/// A picture file as a row of parts.
protocol PictureContainer {
    /// The first EXIF block, from its TIFF header on. Reads only as far as needed.
    func exif() -> ArraySlice<UInt8>?

    /// The first XMP packet that is stored plain. Reads only as far as needed.
    func xmp() -> ArraySlice<UInt8>?

    /// - Parameter exif: A TIFF block to write in place of all that is removed.
    func withoutMetadata(exif: [UInt8]?) throws -> [UInt8]

    /// Everything as it is, but with this XMP packet instead of the present one.
    /// - Parameter parameters: The line under the keyword `parameters`; only PNG has a place for it.
    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8]
}
