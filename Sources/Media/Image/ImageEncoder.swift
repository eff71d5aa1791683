import CFFmpeg
import Foundation

/// Writes one picture with one of FFmpeg's still-image encoders.
enum ImageEncoder {
    static func jpeg(_ image: RGBImage, quality: Int) throws -> Data {
        let quality = min(100, max(1, quality))
        // FFmpeg's scale runs from 1 (best) to 31.
        let scale = 1 + Int32((Double(100 - quality) * 30 / 99).rounded())
        return try encode(
            image, avcodec_find_encoder(AV_CODEC_ID_MJPEG), quality >= 90 ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P, scale: scale)
    }

    static func png(_ image: RGBImage) throws -> Data {
        try encode(image, avcodec_find_encoder(AV_CODEC_ID_PNG), AV_PIX_FMT_RGB24, scale: nil)
    }

    static func webp(_ image: RGBImage, quality: Int) throws -> Data {
        // By its name: for the format alone, FFmpeg takes its encoder of animations.
        try encode(image, avcodec_find_encoder_by_name("libwebp"), AV_PIX_FMT_BGRA, scale: Int32(min(100, max(1, quality))))
    }

    private static func encode(
        _ image: RGBImage, _ encoder: UnsafePointer<AVCodec>?, _ format: AVPixelFormat, scale: Int32?
    ) throws -> Data {
        silenceFFmpegOnce()
        guard image.width > 0, image.height > 0, let codec = encoder else {
            throw MediaError.engineFailed
        }
        var owned = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&owned) }
        var ownedFrame = av_frame_alloc()
        defer { av_frame_free(&ownedFrame) }
        var ownedPacket = av_packet_alloc()
        defer { av_packet_free(&ownedPacket) }
        guard let context = owned, let frame = ownedFrame, let packet = ownedPacket else { throw MediaError.engineFailed }

        context.pointee.width = Int32(image.width)
        context.pointee.height = Int32(image.height)
        context.pointee.pix_fmt = format
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.thread_count = 1
        if let scale {
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.qmin = 1
            context.pointee.global_quality = scale * martlet_quality_scale()
        }
        guard avcodec_open2(context, codec, nil) >= 0 else { throw MediaError.engineFailed }
        frame.pointee.width = context.pointee.width
        frame.pointee.height = context.pointee.height
        frame.pointee.format = format.rawValue
        frame.pointee.quality = context.pointee.global_quality
        frame.pointee.color_range = AVCOL_RANGE_JPEG
        guard av_frame_get_buffer(frame, 0) >= 0 else { throw MediaError.engineFailed }
        try fill(frame, from: image)

        guard avcodec_send_frame(context, frame) >= 0, avcodec_send_frame(context, nil) >= 0 else {
            throw MediaError.engineFailed
        }
        guard avcodec_receive_packet(context, packet) >= 0, let bytes = packet.pointee.data else {
            throw MediaError.engineFailed
        }
        return Data(bytes: bytes, count: Int(packet.pointee.size))
    }

    /// Converts with the BT.601 matrix at full range, which is what JPEG files mean.
    private static func fill(_ frame: UnsafeMutablePointer<AVFrame>, from image: RGBImage) throws {
        let (width, height) = (Int32(image.width), Int32(image.height))
        guard
            let context = sws_getContext(
                width, height, AV_PIX_FMT_RGB24, width, height, AVPixelFormat(frame.pointee.format),
                Int32(SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP), nil, nil, nil)
        else { throw MediaError.engineFailed }
        defer { sws_freeContext(context) }
        let matrix = sws_getCoefficients(Int32(SWS_CS_ITU601))
        sws_setColorspaceDetails(context, matrix, 1, matrix, 1, 0, 1 << 16, 1 << 16)
        let data = frame.pointee.data
        let sizes = frame.pointee.linesize
        let done = image.pixels.withUnsafeBufferPointer { pixels in
            sws_scale(
                context, [pixels.baseAddress, nil, nil, nil], [width * 3, 0, 0, 0], 0, height,
                [data.0, data.1, data.2, data.3], [sizes.0, sizes.1, sizes.2, sizes.3])
        }
        guard done > 0 else { throw MediaError.engineFailed }
    }
}
