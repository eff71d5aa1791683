import CFFmpeg
import Foundation

/// One of FFmpeg's encoders and the container around it, written into memory as it comes. Used by one thread at a time.
final class EncodedStream {
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var stream: UnsafeMutablePointer<AVStream>?
    /// What the container has written and nobody has taken yet. FFmpeg holds its address.
    private let written = Written()
    private var pending: [Float] = []
    private var position: Int64 = 0
    private var frameSize = 1024

    private final class Written { var bytes = Data() }

    private static let bufferBytes: Int32 = 4096
    /// Microseconds of one Ogg page: listeners hear the first one soon.
    private static let pageDuration = "200000"

    /// - Throws: `MediaError.engineFailed`.
    init(encoder name: String, container: String, sampleRate: Int, bitrate: Int) throws {
        var made: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&made, nil, container, nil) >= 0, let format = made,
            let encoder = avcodec_find_encoder_by_name(name), let stream = avformat_new_stream(format, nil),
            let codec = avcodec_alloc_context3(encoder), let frame = av_frame_alloc(), let packet = av_packet_alloc(),
            let buffer = av_malloc(Int(Self.bufferBytes))
        else {
            avformat_free_context(made)
            throw MediaError.engineFailed
        }
        (self.format, self.codec, self.stream, self.frame, self.packet) = (format, codec, stream, frame, packet)
        format.pointee.pb = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Self.bufferBytes, 1, Unmanaged.passUnretained(written).toOpaque(), nil,
            { opaque, bytes, count in
                guard let opaque, let bytes, count > 0 else { return 0 }
                Unmanaged<Written>.fromOpaque(opaque).takeUnretainedValue().bytes.append(bytes, count: Int(count))
                return count
            }, nil)
        codec.pointee.sample_rate = Int32(sampleRate)
        codec.pointee.bit_rate = Int64(bitrate)
        codec.pointee.time_base = AVRational(num: 1, den: Int32(sampleRate))
        codec.pointee.sample_fmt = Self.sampleFormat(of: encoder)
        av_channel_layout_default(&codec.pointee.ch_layout, 1)
        if format.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 { codec.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) }
        var muxing: OpaquePointer?
        // No encoder's name and no length in the head: it can't be gone back to.
        av_dict_set(&muxing, "page_duration", Self.pageDuration, 0)
        av_dict_set(&muxing, "write_xing", "0", 0)
        av_dict_set(&muxing, "id3v2_version", "0", 0)
        defer { av_dict_free(&muxing) }
        format.pointee.flags |= Int32(AVFMT_FLAG_BITEXACT | AVFMT_FLAG_FLUSH_PACKETS)
        guard format.pointee.pb != nil, avcodec_open2(codec, encoder, nil) >= 0,
            avcodec_parameters_from_context(stream.pointee.codecpar, codec) >= 0
        else {
            close()
            throw MediaError.engineFailed
        }
        stream.pointee.time_base = codec.pointee.time_base
        guard avformat_write_header(format, &muxing) >= 0 else {
            close()
            throw MediaError.engineFailed
        }
        if codec.pointee.frame_size > 0 { frameSize = Int(codec.pointee.frame_size) }
    }

    deinit { close() }

    /// Takes samples at the stream's rate, and gives what is written by now.
    func encode(_ samples: [Float]) throws -> Data {
        pending += samples
        var start = 0
        while pending.count - start >= frameSize {
            try send(pending[start..<start + frameSize])
            start += frameSize
        }
        pending.removeFirst(start)
        return take()
    }

    /// The file's end.
    func finish() throws -> Data {
        if !pending.isEmpty { try send(pending[...]) }
        pending = []
        try receive(after: avcodec_send_frame(codec, nil))
        guard let format, av_write_trailer(format) >= 0 else { throw MediaError.engineFailed }
        let bytes = take()
        close()
        return bytes
    }

    private func take() -> Data {
        if let output = format?.pointee.pb { avio_flush(output) }
        defer { written.bytes = Data() }
        return written.bytes
    }

    private func send(_ samples: ArraySlice<Float>) throws {
        guard let codec, let frame else { throw MediaError.engineFailed }
        av_frame_unref(frame)
        frame.pointee.nb_samples = Int32(samples.count)
        frame.pointee.format = codec.pointee.sample_fmt.rawValue
        frame.pointee.sample_rate = codec.pointee.sample_rate
        av_channel_layout_default(&frame.pointee.ch_layout, 1)
        guard av_frame_get_buffer(frame, 0) >= 0, let plane = frame.pointee.data.0 else { throw MediaError.engineFailed }
        let isWhole = codec.pointee.sample_fmt == AV_SAMPLE_FMT_S16 || codec.pointee.sample_fmt == AV_SAMPLE_FMT_S16P
        if isWhole {
            plane.withMemoryRebound(to: Int16.self, capacity: samples.count) { target in
                for (place, sample) in samples.enumerated() { target[place] = PCM.sixteenBits(sample) }
            }
        } else {
            plane.withMemoryRebound(to: Float.self, capacity: samples.count) { target in
                for (place, sample) in samples.enumerated() { target[place] = max(-1, min(1, sample)) }
            }
        }
        frame.pointee.pts = position
        position += Int64(samples.count)
        try receive(after: avcodec_send_frame(codec, frame))
    }

    private func receive(after sent: Int32) throws {
        guard sent >= 0, let codec, let packet, let format, let stream else { throw MediaError.engineFailed }
        while true {
            let result = avcodec_receive_packet(codec, packet)
            if result == martlet_averror_again() || result == martlet_averror_eof() { return }
            guard result >= 0 else { throw MediaError.engineFailed }
            av_packet_rescale_ts(packet, codec.pointee.time_base, stream.pointee.time_base)
            packet.pointee.stream_index = stream.pointee.index
            guard av_interleaved_write_frame(format, packet) >= 0 else { throw MediaError.engineFailed }
        }
    }

    /// For one channel, planes and interleaved samples are the same.
    private static func sampleFormat(of encoder: UnsafePointer<AVCodec>) -> AVSampleFormat {
        var taken: Set<Int32> = []
        var next = encoder.pointee.sample_fmts
        while let format = next?.pointee, format != AV_SAMPLE_FMT_NONE {
            taken.insert(format.rawValue)
            next = next?.advanced(by: 1)
        }
        return [AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P].first { taken.contains($0.rawValue) }
            ?? AV_SAMPLE_FMT_FLT
    }

    private func close() {
        if let format, let output = format.pointee.pb {
            // FFmpeg may have exchanged the buffer that it was given.
            av_free(output.pointee.buffer)
            avio_context_free(&format.pointee.pb)
        }
        avformat_free_context(format)
        format = nil
        avcodec_free_context(&codec)
        av_frame_free(&frame)
        av_packet_free(&packet)
        stream = nil
    }
}
