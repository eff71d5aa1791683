import CFFmpeg
import Foundation
import Foundations

/// Writes pictures as an H.264 video in an MP4 file, one after the other. Used by one thread; its calls block.
///
/// ```swift
/// let encoder = try VideoEncoder(url, width: 640, height: 480)
/// try encoder.add(image, time: 0)
/// try encoder.finish()
/// ```
public final class VideoEncoder {
    private let width: Int
    private let height: Int
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var scaler: OpaquePointer?
    private let stream: UnsafeMutablePointer<AVStream>
    private var lastTime: Int64 = -1
    /// From one picture to the next: how long the last one is shown.
    private var step: Int64 = 1

    /// Ticks of a second: fine enough for every frame rate in use.
    private static let ticks: Int32 = 90_000

    /// - Parameters:
    ///   - width: pixels; an odd width loses its last column, as H.264's colours come in pairs.
    ///   - quality: x264's constant rate factor, 0 (lossless) to 51.
    /// - Throws: `MediaError.engineFailed`, `.storageFailed`.
    public init(_ url: URL, width: Int, height: Int, quality: Int = 20) throws {
        silenceFFmpegOnce()
        self.width = max(2, width & ~1)
        self.height = max(2, height & ~1)
        var format: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&format, nil, "mp4", url.path) >= 0, let format,
            let encoder = avcodec_find_encoder_by_name("libx264"), let stream = avformat_new_stream(format, nil),
            let codec = avcodec_alloc_context3(encoder)
        else {
            avformat_free_context(format)
            throw MediaError.engineFailed
        }
        self.format = format
        self.codec = codec
        self.stream = stream
        frame = av_frame_alloc()
        packet = av_packet_alloc()
        codec.pointee.width = Int32(self.width)
        codec.pointee.height = Int32(self.height)
        codec.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        codec.pointee.time_base = AVRational(num: 1, den: Self.ticks)
        codec.pointee.thread_count = Int32(ProcessorCount.cores)
        codec.pointee.color_range = AVCOL_RANGE_MPEG
        codec.pointee.colorspace = AVCOL_SPC_SMPTE170M
        codec.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER)
        var options: OpaquePointer?
        av_dict_set(&options, "crf", String(quality), 0)
        av_dict_set(&options, "preset", "veryfast", 0)
        defer { av_dict_free(&options) }
        guard let frame, packet != nil, avcodec_open2(codec, encoder, &options) >= 0,
            avcodec_parameters_from_context(stream.pointee.codecpar, codec) >= 0
        else {
            close()
            throw MediaError.engineFailed
        }
        stream.pointee.time_base = codec.pointee.time_base
        frame.pointee.width = Int32(self.width)
        frame.pointee.height = Int32(self.height)
        frame.pointee.format = AV_PIX_FMT_YUV420P.rawValue
        var muxing: OpaquePointer?
        av_dict_set(&muxing, "movflags", "+faststart", 0)
        defer { av_dict_free(&muxing) }
        guard avio_open(&format.pointee.pb, url.path, AVIO_FLAG_WRITE) >= 0, avformat_write_header(format, &muxing) >= 0,
            av_frame_get_buffer(frame, 0) >= 0
        else {
            close()
            throw MediaError.storageFailed
        }
    }

    deinit { close() }

    private func close() {
        if let format, format.pointee.pb != nil { avio_closep(&format.pointee.pb) }
        avformat_free_context(format)
        format = nil
        avcodec_free_context(&codec)
        av_frame_free(&frame)
        av_packet_free(&packet)
        sws_freeContext(scaler)
        scaler = nil
    }

    /// Adds the next picture, which must have the encoder's size (or one pixel more where that is odd).
    /// - Parameter time: seconds from the start; later than the last one.
    /// - Throws: `MediaError.engineFailed`, `.storageFailed`.
    public func add(_ image: RGBImage, time: Double) throws {
        guard let frame, image.width & ~1 == width, image.height & ~1 == height, av_frame_make_writable(frame) >= 0 else {
            throw MediaError.engineFailed
        }
        if scaler == nil {
            scaler = sws_getContext(
                Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(width), Int32(height), AV_PIX_FMT_YUV420P, Int32(SWS_BILINEAR), nil, nil, nil)
        }
        guard let scaler else { throw MediaError.engineFailed }
        let data = frame.pointee.data
        let sizes = frame.pointee.linesize
        let done = image.pixels.withUnsafeBufferPointer { pixels in
            sws_scale(
                scaler, [pixels.baseAddress, nil, nil, nil], [Int32(image.width * 3), 0, 0, 0], 0, Int32(height),
                [data.0, data.1, data.2, data.3], [sizes.0, sizes.1, sizes.2, sizes.3])
        }
        guard done > 0 else { throw MediaError.engineFailed }
        let ticks = max(lastTime + 1, Int64((time * Double(Self.ticks)).rounded()))
        if lastTime >= 0 { step = ticks - lastTime }
        lastTime = ticks
        frame.pointee.pts = lastTime
        try send(frame)
    }

    /// Writes what is still on the way, and the file's end. Nothing may be added afterwards.
    /// - Throws: `MediaError.engineFailed`, `.storageFailed`.
    public func finish() throws {
        try send(nil)
        guard let format, av_write_trailer(format) >= 0 else { throw MediaError.storageFailed }
        close()
    }

    private func send(_ picture: UnsafeMutablePointer<AVFrame>?) throws {
        guard let codec, let packet, let format, avcodec_send_frame(codec, picture) >= 0 else { throw MediaError.engineFailed }
        while true {
            let result = avcodec_receive_packet(codec, packet)
            if result == martlet_averror_again() || result == martlet_averror_eof() { return }
            guard result >= 0 else { throw MediaError.engineFailed }
            packet.pointee.duration = step
            av_packet_rescale_ts(packet, codec.pointee.time_base, stream.pointee.time_base)
            packet.pointee.stream_index = stream.pointee.index
            guard av_interleaved_write_frame(format, packet) >= 0 else { throw MediaError.storageFailed }
        }
    }
}
