import CFFmpeg
import Foundations

/// Finds a file's tracks, checks them against the limits and counts the frames.
struct MediaProbe {
    let bytes: ByteSource
    let limits: MediaLimits
    let readGuard: ReadGuard

    init(bytes: ByteSource, limits: MediaLimits, guard readGuard: ReadGuard) {
        self.bytes = bytes
        self.limits = limits
        self.readGuard = readGuard
    }

    func run() throws -> MediaContents {
        let demuxer = try Demuxer(bytes, accepting: AcceptedFormats.containers, limits: limits, guard: readGuard)
        // What the header declares is checked before a decoder is opened for it, the rest after.
        try checkDeclaredSizes(demuxer)
        try demuxer.findStreamInfo(limits)
        try checkDeclaredSizes(demuxer)

        let containerDuration =
            demuxer.context.pointee.duration > 0
            ? Double(demuxer.context.pointee.duration) / Double(AV_TIME_BASE) : nil
        if let containerDuration { try limits.check(duration: containerDuration) }

        let videoStream = bestStream(demuxer, AVMEDIA_TYPE_VIDEO)
        let audioStream = bestStream(demuxer, AVMEDIA_TYPE_AUDIO)
        guard videoStream != nil || audioStream != nil else { throw MediaError.damaged }

        var info = MediaInfo(
            container: demuxer.formatNames.joined(separator: ","), duration: containerDuration, video: nil, audio: nil)
        var contents = MediaContents(info: info, bytes: bytes, video: nil, audio: nil)
        if let audioStream {
            let parameters = try StreamParameters(audioStream)
            contents.audio = parameters
            info.audio = describeAudio(audioStream, parameters)
        }
        if let videoStream {
            let parameters = try StreamParameters(videoStream)
            // A sample description that names no codec is garbled, not foreign.
            if parameters.pointer.pointee.codec_id == AV_CODEC_ID_NONE { throw MediaError.damaged }
            guard AcceptedFormats.videoCodecs.contains(parameters.codecName) else {
                throw MediaError.unsupportedCodec(parameters.codecName)
            }
            let (index, end) = try scan(demuxer, parameters)
            guard index.count > 0 else { throw MediaError.damaged }
            contents.video = .init(parameters: parameters, index: index)
            let video = describeVideo(videoStream, parameters, index, end: end)
            try limits.check(duration: video.duration)
            info.video = video
            info.duration = info.duration ?? video.duration
        }
        contents.info = info
        return contents
    }

    private func checkDeclaredSizes(_ demuxer: Demuxer) throws {
        for number in 0..<demuxer.streamCount {
            guard let parameters = demuxer.stream(number)?.pointee.codecpar,
                parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO
            else { continue }
            let (width, height) = (Int(parameters.pointee.width), Int(parameters.pointee.height))
            if width > 0 || height > 0 { try limits.check(width: width, height: height) }
        }
    }

    /// FFmpeg's choice of track, as the command line makes it; cover pictures don't count as video.
    private func bestStream(_ demuxer: Demuxer, _ type: AVMediaType) -> UnsafeMutablePointer<AVStream>? {
        let number = av_find_best_stream(demuxer.context, type, -1, -1, nil, 0)
        guard number >= 0, let stream = demuxer.stream(Int(number)) else { return nil }
        guard stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else { return nil }
        return stream
    }

    /// Reads all packets of the track. Returns the frames and the time at which the last one ends.
    private func scan(_ demuxer: Demuxer, _ parameters: StreamParameters) throws -> (FrameIndex, Int64) {
        demuxer.select(parameters.streamIndex)
        var index = FrameIndex()
        var end = Int64.min
        let none = martlet_no_timestamp()
        while try demuxer.readPacket(of: parameters.streamIndex) {
            readGuard.noteProgress()
            let packet = demuxer.packet.pointee
            let isDiscarded = packet.flags & AV_PKT_FLAG_DISCARD != 0
            index.append(
                time: packet.pts == none ? nil : packet.pts, decodeTime: packet.dts == none ? nil : packet.dts,
                isKey: packet.flags & AV_PKT_FLAG_KEY != 0, isDiscarded: isDiscarded, position: packet.pos)
            let time = packet.pts == none ? packet.dts : packet.pts
            if time != none, !isDiscarded { end = max(end, time.addingReportingOverflow(packet.duration).partialValue) }
        }
        index.finish()
        return (index, end)
    }

    private func describeVideo(
        _ stream: UnsafeMutablePointer<AVStream>, _ parameters: StreamParameters, _ index: FrameIndex, end: Int64
    ) -> MediaInfo.VideoTrack {
        let codec = parameters.pointer.pointee
        let origin = index.time(ofFrame: 0)
        let span = parameters.seconds(index.time(ofFrame: index.count - 1) &- origin)
        let duration = max(span, end == .min ? span : parameters.seconds(end &- origin))
        var rate = Self.value(stream.pointee.avg_frame_rate) ?? Self.value(stream.pointee.r_frame_rate) ?? 0
        if rate <= 0, duration > 0 { rate = Double(index.count) / duration }

        let format = AVPixelFormat(codec.format)
        let formatName = av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
        let depth = av_pix_fmt_desc_get(format).map { Int($0.pointee.comp.0.depth) } ?? 8
        let fieldOrders = [AV_FIELD_TT, AV_FIELD_BB, AV_FIELD_TB, AV_FIELD_BT]
        return MediaInfo.VideoTrack(
            codec: parameters.codecName, size: PixelSize(width: Int(codec.width), height: Int(codec.height)),
            frameRate: rate, frameCount: index.count, frameCountIsExact: true,
            isVariableFrameRate: isVariable(index), rotation: rotation(of: stream), pixelFormat: formatName,
            bitDepth: depth,
            isFullRange: codec.color_range == AVCOL_RANGE_JPEG || formatName.hasPrefix("yuvj")
                || formatName.hasPrefix("rgb") || formatName.hasPrefix("gbr") || formatName.hasPrefix("bgr"),
            isInterlaced: fieldOrders.contains(codec.field_order),
            isHDR: codec.color_trc == AVCOL_TRC_SMPTE2084 || codec.color_trc == AVCOL_TRC_ARIB_STD_B67,
            duration: duration)
    }

    private func describeAudio(
        _ stream: UnsafeMutablePointer<AVStream>, _ parameters: StreamParameters
    ) -> MediaInfo.AudioTrack {
        let codec = parameters.pointer.pointee
        let duration = stream.pointee.duration
        return MediaInfo.AudioTrack(
            codec: parameters.codecName, sampleRate: Int(codec.sample_rate), channels: Int(codec.ch_layout.nb_channels),
            duration: duration > 0 ? parameters.seconds(duration) : nil)
    }

    /// Whether the steps between frames differ by more than the container's rounding of times.
    private func isVariable(_ index: FrameIndex) -> Bool {
        guard index.count > 2 else { return false }
        let span = index.time(ofFrame: index.count - 1) &- index.time(ofFrame: 0)
        let mean = Double(span) / Double(index.count - 1)
        let tolerance = max(1.5, mean * 0.05)
        return (1..<index.count).contains {
            abs(Double(index.time(ofFrame: $0) &- index.time(ofFrame: $0 - 1)) - mean) > tolerance
        }
    }

    private func rotation(of stream: UnsafeMutablePointer<AVStream>) -> Int {
        guard let matrix = martlet_stream_display_matrix(stream) else { return 0 }
        return Rotation.clockwise(matrix)
    }

    private static func value(_ rate: AVRational) -> Double? {
        rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
    }
}

enum Rotation {
    /// Clockwise degrees of a display matrix, to the next quarter turn.
    static func clockwise(_ matrix: UnsafePointer<Int32>) -> Int {
        let degrees = -av_display_rotation_get(matrix)
        guard degrees.isFinite else { return 0 }
        return ((Int((degrees / 90).rounded()) % 4 + 4) % 4) * 90
    }
}
