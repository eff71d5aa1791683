import CFFmpeg
import Foundations

/// Owns one decoder. Used by one thread; FFmpeg spreads its work over the cores itself.
final class StreamDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let frame: UnsafeMutablePointer<AVFrame>
    private let limits: MediaLimits

    /// - Throws: `MediaError.unsupportedCodec` when FFmpeg has no decoder for it.
    init(_ parameters: StreamParameters, limits: MediaLimits, threads: Int) throws {
        guard let codec = avcodec_find_decoder(parameters.pointer.pointee.codec_id) else {
            throw MediaError.unsupportedCodec(parameters.codecName)
        }
        guard let context = avcodec_alloc_context3(codec) else { throw MediaError.engineFailed }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        guard let frame = av_frame_alloc() else {
            avcodec_free_context(&owned)
            throw MediaError.engineFailed
        }
        self.context = context
        self.frame = frame
        self.limits = limits
        guard avcodec_parameters_to_context(context, parameters.pointer) >= 0 else { throw MediaError.damaged }
        context.pointee.pkt_timebase = parameters.timeBase
        context.pointee.thread_count = Int32(threads)
        context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
        // Refused by FFmpeg before a picture is allocated, also when the size changes in mid-stream.
        context.pointee.max_pixels = Int64(limits.maxPixels)
        guard avcodec_open2(context, codec, nil) >= 0 else { throw MediaError.damaged }
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Lets the decoder leave out frames that no other frame is made from, until told otherwise.
    var skipsUnreferenced = false {
        didSet {
            guard skipsUnreferenced != oldValue else { return }
            context.pointee.skip_frame = skipsUnreferenced ? AVDISCARD_NONREF : AVDISCARD_DEFAULT
        }
    }

    /// Gives one packet, or `nil` for "no more", and hands on what comes out. `receive` may keep the frame's contents by
    /// moving them out. A packet that can't be decoded is passed over.
    func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, _ receive: (UnsafeMutablePointer<AVFrame>) throws -> Void
    ) throws {
        var isSent = false
        while !isSent {
            let sent = avcodec_send_packet(context, packet)
            if sent == martlet_averror_no_memory() { throw MediaError.engineFailed }
            isSent = sent != martlet_averror_again()
            var received = false
            var failures = 0
            while true {
                let result = avcodec_receive_frame(context, frame)
                if result == martlet_averror_again() || result == martlet_averror_eof() { break }
                if result < 0 {
                    // A damaged frame; draining goes on after it, though not for ever.
                    failures += 1
                    if packet == nil && failures < 256 { continue }
                    break
                }
                received = true
                defer { av_frame_unref(frame) }
                try checkSize()
                try receive(frame)
            }
            // Full but nothing comes out: a decoder that breaks its contract must not hold us here.
            if !isSent && !received { return }
        }
    }

    /// Forgets everything, so that decoding can begin at another key frame.
    func reset() { avcodec_flush_buffers(context) }

    private func checkSize() throws {
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        if width > 0 || height > 0 { try limits.check(width: width, height: height) }
    }
}

extension MediaLimits {
    /// - Throws: `MediaError.limitExceeded`.
    func check(width: Int, height: Int) throws {
        let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
        if max(width, height) > maxSide {
            throw MediaError.limitExceeded(
                limit: "media.max_side", found: Double(max(width, height)), allowed: Double(maxSide))
        }
        if overflows || pixels > maxPixels {
            throw MediaError.limitExceeded(limit: "media.max_pixels", found: Double(pixels), allowed: Double(maxPixels))
        }
    }

    /// - Throws: `MediaError.limitExceeded`.
    func check(duration: Double) throws {
        if duration > maxDuration {
            throw MediaError.limitExceeded(limit: "media.max_duration", found: duration, allowed: maxDuration)
        }
    }
}
