import CFFmpeg

/// Owns a `SwrContext` that turns one form of decoded sound into mono floats. Used by one thread.
final class AudioResampler {
    private let context: OpaquePointer
    private let format: Int32
    private let rate: Int32
    private let channels: Int32
    private let targetRate: Int

    init(_ frame: UnsafeMutablePointer<AVFrame>, sampleRate: Int) throws {
        format = frame.pointee.format
        rate = frame.pointee.sample_rate
        channels = frame.pointee.ch_layout.nb_channels
        targetRate = sampleRate
        guard rate > 0, channels > 0, channels <= 64 else { throw MediaError.damaged }
        var mono = AVChannelLayout()
        av_channel_layout_default(&mono, 1)
        var source = AVChannelLayout()
        // A layout that names no speakers can't be mixed: take the usual one of that many channels.
        if frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&source, channels)
        } else {
            av_channel_layout_copy(&source, &frame.pointee.ch_layout)
        }
        defer { av_channel_layout_uninit(&source) }
        var made: OpaquePointer?
        let result = swr_alloc_set_opts2(
            &made, &mono, AV_SAMPLE_FMT_FLT, Int32(sampleRate), &source, AVSampleFormat(format), rate, 0, nil)
        guard result >= 0, let made, swr_init(made) >= 0 else {
            swr_free(&made)
            throw MediaError.damaged
        }
        context = made
    }

    /// Turns mono floats of one rate into those of another.
    init(from rate: Int, to sampleRate: Int) throws {
        format = AV_SAMPLE_FMT_FLT.rawValue
        self.rate = Int32(rate)
        channels = 1
        targetRate = sampleRate
        var mono = AVChannelLayout()
        av_channel_layout_default(&mono, 1)
        var source = mono
        var made: OpaquePointer?
        let result = swr_alloc_set_opts2(
            &made, &mono, AV_SAMPLE_FMT_FLT, Int32(sampleRate), &source, AV_SAMPLE_FMT_FLT, Int32(rate), 0, nil)
        guard result >= 0, let made, swr_init(made) >= 0 else {
            swr_free(&made)
            throw MediaError.engineFailed
        }
        context = made
    }

    deinit {
        var owned: OpaquePointer? = context
        swr_free(&owned)
    }

    func accepts(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
        frame.pointee.format == format && frame.pointee.sample_rate == rate
            && frame.pointee.ch_layout.nb_channels == channels
    }

    /// Samples at the target rate that went in and haven't come out.
    var delay: Int { Int(swr_get_delay(context, Int64(targetRate))) }

    func convert(_ frame: UnsafeMutablePointer<AVFrame>) throws -> [Float] {
        try convert(UnsafeMutableRawPointer(frame.pointee.extended_data), count: frame.pointee.nb_samples)
    }

    /// Takes mono floats, where it was made for them.
    func convert(_ samples: [Float]) throws -> [Float] {
        try samples.withUnsafeBytes { bytes in
            var plane = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return try withUnsafeMutablePointer(to: &plane) { try convert(UnsafeMutableRawPointer($0), count: Int32(samples.count)) }
        }
    }

    /// What is still inside.
    func finish() throws -> [Float] { try convert(nil, count: 0) }

    private func convert(_ planes: UnsafeMutableRawPointer?, count: Int32) throws -> [Float] {
        let room = swr_get_out_samples(context, count)
        guard room >= 0 else { throw MediaError.engineFailed }
        var made: Int32 = 0
        let samples = [Float](unsafeUninitializedCapacity: Int(room) + 1) { buffer, filled in
            buffer.withMemoryRebound(to: UInt8.self) { bytes in
                var target = bytes.baseAddress
                made = swr_convert(
                    context, &target, room + 1, planes?.assumingMemoryBound(to: UnsafePointer<UInt8>?.self), count)
            }
            filled = Int(max(0, made))
        }
        guard made >= 0 else { throw MediaError.damaged }
        return samples
    }
}
