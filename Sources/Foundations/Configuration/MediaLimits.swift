/// Bounds checked before anything is allocated or decoded. Each has a name in the configuration (`media.…`).
public struct MediaLimits: Sendable, Equatable {
    /// Width times height of a picture or of a video's frames.
    public var maxPixels = 8192 * 8192
    /// The longer side.
    public var maxSide = 16_384
    /// Seconds of video or audio.
    public var maxDuration = 6.0 * 3600
    /// Streams in one container.
    public var maxStreams = 32
    /// Frames that one request may select.
    public var maxSampledFrames = 2048
    /// Seconds of sound that may be unpacked into memory at once (16 kHz mono: 64 kB a second).
    public var maxAudioSeconds = 2.0 * 3600
    /// How long decoding of one file may go without a new frame before it is given up.
    public var stallTimeout: Duration = .seconds(30)

    public init() {}
}
