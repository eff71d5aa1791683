import Foundations

/// Why media can't be used.
public enum MediaError: ReportableError, Equatable {
    /// The bytes are no audio, video or picture that is read here. Playlists and other formats that point at further
    /// files count as such.
    case unsupportedFormat
    /// A still picture where a video was asked for.
    case pictureNotVideo
    /// The container is read, this codec in it isn't.
    case unsupportedCodec(String)
    case noVideoStream
    /// A bound of `MediaLimits` is exceeded. `limit` is its name in the configuration.
    case limitExceeded(limit: String, found: Double, allowed: Double)
    /// Truncated or corrupt beyond use.
    case damaged
    /// No progress for `MediaLimits.stallTimeout`.
    case stalled
    /// The file isn't there or may not be read.
    case unreadable
    /// Asked for a frame that the video doesn't have.
    case noSuchFrame(index: Int, count: Int)
    /// A stream couldn't be kept: the disk is full, or can't be written.
    case storageFull
    case storageFailed
    /// FFmpeg on this machine lacks a part: an encoder, memory.
    case engineFailed

    public var report: ErrorReport {
        switch self {
        case .unsupportedFormat:
            ErrorReport(
                .unsupportedMedia, code: "unsupported_media",
                "This is not a video, sound or picture in a supported format. Send MP4, MOV, MKV, WebM, AVI, MPEG or similar.")
        case .pictureNotVideo:
            ErrorReport(
                .unsupportedMedia, code: "unsupported_media",
                "This is a still picture, not a video. Send it as an image instead.")
        case .unsupportedCodec(let name):
            ErrorReport(
                .unsupportedMedia, code: "unsupported_codec",
                "The codec \(name) isn't supported. Convert the file, for example to H.264 in MP4.",
                details: ["codec": .string(name)])
        case .noVideoStream:
            ErrorReport(.unprocessable, code: "no_video_stream", "The file holds no video. Send a file with a video track.")
        case .limitExceeded(let limit, let found, let allowed):
            ErrorReport(
                .unprocessable, code: "media_limit_exceeded",
                "The media exceeds the limit \(limit): \(Self.plain(found)) where \(Self.plain(allowed)) is allowed.",
                details: ["limit": .string(limit), "found": .number(found), "allowed": .number(allowed)])
        case .damaged:
            ErrorReport(
                .unprocessable, code: "damaged_media", "The file is truncated or damaged. Send it again, complete.")
        case .stalled:
            ErrorReport(
                .timeout, code: "media_stalled", "Reading the media made no progress in time. Try a smaller or simpler file.")
        case .unreadable:
            ErrorReport(.notFound, code: "media_not_found", "The media file doesn't exist or can't be read.")
        case .noSuchFrame(let index, let count):
            ErrorReport(
                .invalidRequest, code: "no_such_frame",
                "Frame \(index) doesn't exist: frames are numbered in ascending order from 0 to \(count - 1).",
                details: ["frame_count": .integer(count)])
        case .storageFull:
            ErrorReport(
                .insufficientStorage, code: "storage_full", "The disk is full. Free space on it, or send a smaller file.")
        case .storageFailed:
            ErrorReport(.internal, code: "storage_failed", "The media couldn't be stored. Check the disk for temporary files.")
        case .engineFailed:
            ErrorReport(
                .internal, code: "media_engine_failed", "The media engine failed. `martlet doctor` tells what is missing.")
        }
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String((value * 100).rounded() / 100)
    }
}
