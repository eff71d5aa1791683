import CFFmpeg

/// A copy of a stream's codec parameters, taken when the file was probed.
///
/// `@unchecked Sendable`: written in `init` only, read afterwards.
final class StreamParameters: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<AVCodecParameters>
    let streamIndex: Int
    let timeBase: AVRational

    init(_ stream: UnsafeMutablePointer<AVStream>) throws {
        guard let copy = avcodec_parameters_alloc() else { throw MediaError.engineFailed }
        var owned: UnsafeMutablePointer<AVCodecParameters>? = copy
        guard avcodec_parameters_copy(copy, stream.pointee.codecpar) >= 0 else {
            avcodec_parameters_free(&owned)
            throw MediaError.engineFailed
        }
        pointer = copy
        streamIndex = Int(stream.pointee.index)
        timeBase = stream.pointee.time_base
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecParameters>? = pointer
        avcodec_parameters_free(&owned)
    }

    var codecName: String { String(cString: avcodec_get_name(pointer.pointee.codec_id)) }

    /// Seconds of a time in this stream's time base.
    func seconds(_ time: Int64) -> Double { Double(time) * Double(timeBase.num) / Double(timeBase.den) }
}
