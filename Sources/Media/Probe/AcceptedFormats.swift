/// Which containers and codecs are read at all.
///
/// Lists of what is known good: FFmpeg also knows formats that open other files or hosts (hls, dash, concat, image
/// sequences, SVG references, capture devices), and rarely used parsers that nobody should meet by surprise.
enum AcceptedFormats {
    /// FFmpeg's short demuxer names; a demuxer passes when one of its names is here.
    static let containers: Set<String> = [
        "mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "ogg", "asf", "gif", "apng",
        "ivf", "obu", "h264", "hevc", "m4v", "mxf", "nut", "dv", "wav", "w64", "mp3", "flac", "aac", "ac3", "eac3",
        "aiff", "au", "caf", "amr",
    ]

    static let pictures: Set<String> = [
        "jpeg_pipe", "png_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "ppm_pipe", "pgm_pipe", "pbm_pipe", "pam_pipe",
        "gif", "apng",
    ]

    /// Names as `avcodec_get_name` gives them.
    static let videoCodecs: Set<String> = [
        "h264", "hevc", "av1", "vp8", "vp9", "vp6", "vp6f", "vp6a", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1",
        "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "wmv3", "vc1", "h261", "h263", "h263p", "flv1", "theora", "mjpeg",
        "prores", "dnxhd", "ffv1", "huffyuv", "ffvhuff", "utvideo", "magicyuv", "cfhd", "dvvideo", "rawvideo", "v210",
        "qtrle", "svq1", "svq3", "rpza", "cinepak", "msvideo1", "gif", "apng", "png", "webp", "bmp", "tiff", "ppm",
        "pgm", "pbm", "pam", "jpeg2000",
    ]

    /// Containers whose own index takes a seek exactly to a key frame.
    static let seekable: Set<String> = ["mov", "mp4", "matroska", "webm"]
}
