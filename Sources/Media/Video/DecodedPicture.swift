import CFFmpeg

/// Owns one decoded frame as the decoder made it.
///
/// `@unchecked Sendable`: the frame's contents are never changed after `init`; the object passes from the decoding
/// thread to one converting thread.
final class DecodedPicture: @unchecked Sendable {
    let frame: UnsafeMutablePointer<AVFrame>

    /// Takes the contents of `source`, leaving it empty.
    init(movingFrom source: UnsafeMutablePointer<AVFrame>) throws {
        guard let frame = av_frame_alloc() else { throw MediaError.engineFailed }
        av_frame_move_ref(frame, source)
        self.frame = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
    }

    /// Presentation time in the stream's time base.
    var time: Int64 {
        frame.pointee.pts != martlet_no_timestamp() ? frame.pointee.pts : frame.pointee.best_effort_timestamp
    }
}
