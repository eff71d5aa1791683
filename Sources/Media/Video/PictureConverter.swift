import CFFmpeg

/// Turns decoded pictures into RGB at their own size. Used by one thread; keeps FFmpeg's conversion context between
/// pictures of the same form.
///
/// The conversion is the one torchcodec and FFmpeg's command line do by default (swscale, bilinear chroma), with the
/// matrix and range that the stream names; a stream that names none is taken as BT.601, limited range. High bit depths are
/// rounded to 8 bits. HDR (PQ, HLG) is converted with its matrix but not tone-mapped: such pictures look flat, as
/// they do in those tools.
final class PictureConverter {
    /// How colours are computed.
    enum Colours {
        /// As the stream says.
        case tagged
        /// As OpenCV's `VideoCapture` does: BT.601, limited range; channels in the order blue, green, red.
        case openCV
    }

    private struct Form: Equatable {
        var width: Int32
        var height: Int32
        var format: Int32
        var colorSpace: UInt32
        var isFullRange: Bool
        var target: Int32
    }

    private let colours: Colours
    private var form: Form?
    private var context: OpaquePointer?
    private var scratch: UnsafeMutableRawPointer?
    private var scratchSize = 0

    init(colours: Colours = .tagged) { self.colours = colours }

    deinit {
        sws_freeContext(context)
        av_free(scratch)
    }

    /// The picture's pixels, red, green, blue (or as `colours` orders them).
    /// - Parameter rotation: clockwise degrees to turn the picture by.
    func image(_ picture: DecodedPicture, rotation: Int) throws -> RGBImage {
        let width = Int(picture.frame.pointee.width)
        let height = Int(picture.frame.pointee.height)
        let pixels = try convert(picture.frame, to: colours == .openCV ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_RGB24, channels: 3)
        return RGBImage(width: width, height: height, pixels: pixels).rotated(clockwise: rotation)
    }

    /// The picture with transparent parts shown on white.
    func imageOnWhite(_ picture: DecodedPicture) throws -> RGBImage {
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(picture.frame.pointee.format)) else {
            throw MediaError.damaged
        }
        guard description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL) != 0 else {
            return try image(picture, rotation: 0)
        }
        let width = Int(picture.frame.pointee.width)
        let height = Int(picture.frame.pointee.height)
        let source = try convert(picture.frame, to: AV_PIX_FMT_RGBA, channels: 4)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            for pixel in 0..<width * height {
                let alpha = Int(source[pixel * 4 + 3])
                for channel in 0..<3 {
                    let value = Int(source[pixel * 4 + channel])
                    target[pixel * 3 + channel] = UInt8((value * alpha + 255 * (255 - alpha) + 127) / 255)
                }
            }
            count = width * height * 3
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private func convert(
        _ frame: UnsafeMutablePointer<AVFrame>, to target: AVPixelFormat, channels: Int
    ) throws -> [UInt8] {
        let context = try prepared(frame, target)
        let width = Int(frame.pointee.width)
        let height = Int(frame.pointee.height)
        let row = width * channels
        // swscale's vector code works in blocks: rows that aren't a multiple of 32 pixels go through padded rows.
        if width % 32 == 0 {
            var converted: Int32 = -1
            let pixels = [UInt8](unsafeUninitializedCapacity: row * height + 64) { buffer, count in
                converted = Self.scale(context, frame, to: buffer.baseAddress, stride: row)
                count = row * height
                if converted <= 0 { buffer.update(repeating: 0) }
            }
            guard converted > 0 else { throw MediaError.damaged }
            return pixels
        }
        let stride = (row + 127) & ~63
        try reserve(stride * height + 64)
        guard let scratch else { throw MediaError.engineFailed }
        let bytes = scratch.assumingMemoryBound(to: UInt8.self)
        guard Self.scale(context, frame, to: bytes, stride: stride) > 0 else { throw MediaError.damaged }
        return [UInt8](unsafeUninitializedCapacity: row * height) { buffer, count in
            if let base = buffer.baseAddress {
                for line in 0..<height { (base + line * row).update(from: bytes + line * stride, count: row) }
            }
            count = row * height
        }
    }

    private static func scale(
        _ context: OpaquePointer, _ frame: UnsafeMutablePointer<AVFrame>, to target: UnsafeMutablePointer<UInt8>?,
        stride: Int
    ) -> Int32 {
        let source = frame.pointee.data
        let planes = [source.0, source.1, source.2, source.3].map { $0.map { UnsafePointer($0) } }
        let sizes = frame.pointee.linesize
        let strides = [sizes.0, sizes.1, sizes.2, sizes.3]
        let targets = [target, nil, nil, nil]
        let targetStrides: [Int32] = [Int32(stride), 0, 0, 0]
        return sws_scale(context, planes, strides, 0, frame.pointee.height, targets, targetStrides)
    }

    private func prepared(_ frame: UnsafeMutablePointer<AVFrame>, _ target: AVPixelFormat) throws -> OpaquePointer {
        let wanted = Form(
            width: frame.pointee.width, height: frame.pointee.height, format: frame.pointee.format,
            colorSpace: frame.pointee.colorspace.rawValue, isFullRange: frame.pointee.color_range == AVCOL_RANGE_JPEG,
            target: target.rawValue)
        if let context, form == wanted { return context }
        sws_freeContext(context)
        form = nil
        context = sws_getContext(
            wanted.width, wanted.height, AVPixelFormat(wanted.format), wanted.width, wanted.height, target,
            Int32(colours == .openCV ? SWS_BICUBIC : SWS_BILINEAR), nil, nil, nil)
        guard let context else { throw MediaError.damaged }
        form = wanted
        if colours == .openCV { return context }
        let matrix = sws_getCoefficients(Int32(bitPattern: wanted.colorSpace))
        // Formats that aren't YUV refuse this; they need no matrix.
        sws_setColorspaceDetails(
            context, matrix, wanted.isFullRange ? 1 : 0, matrix, 1, 0, 1 << 16, 1 << 16)
        return context
    }

    private func reserve(_ size: Int) throws {
        guard size > scratchSize else { return }
        av_free(scratch)
        scratch = av_malloc(size)
        scratchSize = scratch == nil ? 0 : size
        if scratch == nil { throw MediaError.engineFailed }
    }
}
