import CFFmpeg
import Foundations

/// Owns one open container: `AVFormatContext` over our own byte source.
///
/// Not shared between threads: a read makes its own. The container sees only the given bytes; any attempt to open
/// another file or address is refused.
final class Demuxer {
    let context: UnsafeMutablePointer<AVFormatContext>
    /// The packet that `readPacket` filled last.
    let packet: UnsafeMutablePointer<AVPacket>
    private let bytes: ByteCursor

    var formatNames: [String] { Self.names(context.pointee.iformat) }
    var streamCount: Int { Int(context.pointee.nb_streams) }

    /// Opens the container and checks its kind and its number of streams, before any decoder sees it.
    /// - Throws: `MediaError.unsupportedFormat`, `.pictureNotVideo`, `.damaged`, `.limitExceeded`, `.stalled`;
    ///   `CancellationError`.
    init(_ source: ByteSource, accepting accepted: Set<String>, limits: MediaLimits, guard readGuard: ReadGuard) throws {
        silenceFFmpegOnce()
        guard source.count > 0 else { throw MediaError.unsupportedFormat }
        let bytes = try ByteCursor(source, guard: readGuard)

        var format: UnsafePointer<AVInputFormat>?
        let probed = av_probe_input_buffer2(bytes.context, &format, "", nil, 0, 0)
        try readGuard.check()
        guard probed >= 0, let format else { throw MediaError.unsupportedFormat }
        let names = Self.names(format)
        guard names.contains(where: accepted.contains) else {
            throw names.contains(where: { $0.hasSuffix("_pipe") }) ? MediaError.pictureNotVideo : .unsupportedFormat
        }

        guard let packet = av_packet_alloc() else { throw MediaError.engineFailed }
        var opening: UnsafeMutablePointer<AVFormatContext>? = avformat_alloc_context()
        guard let fresh = opening else {
            var unused: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&unused)
            throw MediaError.engineFailed
        }
        fresh.pointee.pb = bytes.context
        fresh.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        fresh.pointee.interrupt_callback.callback = { opaque in
            guard let opaque else { return 0 }
            return Unmanaged<ReadGuard>.fromOpaque(opaque).takeUnretainedValue().mustStop ? 1 : 0
        }
        fresh.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(readGuard).toOpaque()
        fresh.pointee.io_open = { _, _, _, _, _ in martlet_averror_not_permitted() }
        let opened = avformat_open_input(&opening, nil, format, nil)
        guard opened >= 0, let context = opening else {
            var unused: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&unused)
            try readGuard.check()
            throw MediaError.damaged
        }
        self.bytes = bytes
        self.packet = packet
        self.context = context
        try checkStreamCount(limits)
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
    }

    func checkStreamCount(_ limits: MediaLimits) throws {
        guard streamCount <= limits.maxStreams else {
            throw MediaError.limitExceeded(
                limit: "media.max_streams", found: Double(streamCount), allowed: Double(limits.maxStreams))
        }
    }

    /// Reads ahead to learn what the header left out.
    func findStreamInfo(_ limits: MediaLimits) throws {
        let count = streamCount
        var options: [OpaquePointer?] = Array(repeating: nil, count: count)
        for index in 0..<count { av_dict_set_int(&options[index], "max_pixels", Int64(limits.maxPixels), 0) }
        defer { for index in 0..<count { av_dict_free(&options[index]) } }
        let result = avformat_find_stream_info(context, &options)
        try bytes.readGuard.check()
        guard result >= 0 else { throw MediaError.damaged }
        try checkStreamCount(limits)
    }

    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        index >= 0 && index < streamCount ? context.pointee.streams[index] : nil
    }

    /// Has the container skip the bytes of every other stream.
    func select(_ wanted: Int) {
        for index in 0..<streamCount {
            context.pointee.streams[index]?.pointee.discard = index == wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Reads the next packet of a stream into `packet`. Returns false at the end; damage counts as the end, because
    /// what came before it can be used.
    func readPacket(of index: Int) throws -> Bool {
        while true {
            try bytes.readGuard.check()
            av_packet_unref(packet)
            let result = av_read_frame(context, packet)
            if result == martlet_averror_again() { continue }
            if result < 0 {
                try bytes.readGuard.check()
                return false
            }
            if Int(packet.pointee.stream_index) == index { return true }
        }
    }

    /// Moves to the key frame at or before `timestamp` (in the stream's time base). Returns whether the container could.
    func seek(stream: Int, to timestamp: Int64) -> Bool {
        av_packet_unref(packet)
        return av_seek_frame(context, Int32(stream), timestamp, AVSEEK_FLAG_BACKWARD) >= 0
    }

    static func names(_ format: UnsafePointer<AVInputFormat>?) -> [String] {
        guard let name = format?.pointee.name else { return [] }
        return String(cString: name).split(separator: ",").map(String.init)
    }
}
