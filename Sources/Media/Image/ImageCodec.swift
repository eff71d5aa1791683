import CFFmpeg
import Foundation
import Foundations

/// Still pictures: JPEG, PNG and WebP out; JPEG, PNG, WebP, GIF, BMP, TIFF and PNM in.
public enum ImageCodec {
    /// A JPEG file.
    /// - Parameter quality: 1 (small) to 100 (best). From 90 on colours keep their full resolution.
    /// - Throws: `MediaError.engineFailed`; `CancellationError`.
    public static func jpeg(_ image: RGBImage, quality: Int) async throws -> Data {
        try await MediaThreads.run(stallTimeout: .seconds(60)) { _ in
            try ImageEncoder.jpeg(image, quality: quality)
        }
    }

    /// A PNG file, lossless.
    /// - Throws: `MediaError.engineFailed`; `CancellationError`.
    public static func png(_ image: RGBImage) async throws -> Data {
        try await MediaThreads.run(stallTimeout: .seconds(60)) { _ in try ImageEncoder.png(image) }
    }

    /// A WebP file.
    /// - Parameter quality: 1 (small) to 100 (best).
    /// - Throws: `MediaError.engineFailed`; `CancellationError`.
    public static func webp(_ image: RGBImage, quality: Int) async throws -> Data {
        try await MediaThreads.run(stallTimeout: .seconds(60)) { _ in try ImageEncoder.webp(image, quality: quality) }
    }

    /// Decodes the first picture of a file: turned as its EXIF orientation says, transparency on white.
    /// - Throws: `MediaError.unsupportedFormat`, `.limitExceeded` (before anything is allocated), `.damaged`,
    ///   `.stalled`; `CancellationError`.
    public static func decode(_ data: Data, limits: MediaLimits = .init()) async throws -> RGBImage {
        try await MediaThreads.run(stallTimeout: limits.stallTimeout) { readGuard in
            try ImageDecoder(limits: limits, readGuard: readGuard).decode(ByteSource(.data(data)))
        }
    }
}

/// Reads the first picture of a still image file.
struct ImageDecoder {
    let limits: MediaLimits
    let readGuard: ReadGuard

    func decode(_ source: ByteSource) throws -> RGBImage {
        let demuxer = try Demuxer(source, accepting: AcceptedFormats.pictures, limits: limits, guard: readGuard)
        guard let stream = demuxer.stream(0) else { throw MediaError.damaged }
        let parameters = try StreamParameters(stream)
        let decoder = try StreamDecoder(parameters, limits: limits, threads: 1)
        var first: DecodedPicture?
        let receive: (UnsafeMutablePointer<AVFrame>) throws -> Void = { frame in
            if first == nil { first = try DecodedPicture(movingFrom: frame) }
        }
        while first == nil, try demuxer.readPacket(of: 0) {
            readGuard.noteProgress()
            try checkDeclaredSize(demuxer)
            try decoder.decode(demuxer.packet, receive)
        }
        if first == nil { try decoder.decode(nil, receive) }
        guard let first else { throw MediaError.damaged }
        let image = try PictureConverter().imageOnWhite(first)
        guard let matrix = martlet_frame_display_matrix(first.frame) else { return image }
        return upright(image, matrix)
    }

    /// Front cameras write mirrored pictures, too: those are mirrored first, and what is left of the matrix is a rotation.
    private func upright(_ image: RGBImage, _ matrix: UnsafePointer<Int32>) -> RGBImage {
        var rotation = Array(UnsafeBufferPointer(start: matrix, count: 9))
        let isMirrored = Int64(rotation[0]) * Int64(rotation[4]) < Int64(rotation[1]) * Int64(rotation[3])
        if isMirrored {
            rotation[0] = 0 &- rotation[0]
            rotation[1] = 0 &- rotation[1]
        }
        return (isMirrored ? image.mirrored() : image).rotated(clockwise: Rotation.clockwise(rotation))
    }

    /// The parser knows the size before the decoder allocates the picture.
    private func checkDeclaredSize(_ demuxer: Demuxer) throws {
        guard let codec = demuxer.stream(0)?.pointee.codecpar.pointee else { return }
        if codec.width > 0 || codec.height > 0 { try limits.check(width: Int(codec.width), height: Int(codec.height)) }
    }
}
