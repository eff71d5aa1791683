import CFFmpeg

/// The FFmpeg libraries in use.
public enum FFmpegVersion {
    /// For example `59.27.100` (libavformat).
    public static var text: String {
        let version = avformat_version()
        return "libavformat \(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }
}
