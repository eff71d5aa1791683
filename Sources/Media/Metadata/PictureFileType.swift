import Foundation

/// The picture files whose metadata is read, removed and written.
public enum PictureFileType: String, Sendable, Equatable, CaseIterable {
    case png, jpeg, webp

    /// Recognises a picture by its first bytes; names and declared types are not asked.
    /// - Returns: `nil` for anything else.
    public init?(recognising picture: Data) {
        self.init(signature: ArraySlice(picture.prefix(12)))
    }

    init?(signature: ArraySlice<UInt8>) {
        if signature.starts(with: PNGContainer.signature) {
            self = .png
        } else if signature.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if signature.starts(with: "RIFF".utf8), signature.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }
}
