/// What a container says about itself, and what was counted where it doesn't.
public struct MediaInfo: Sendable, Equatable, Codable {
    /// Container names as FFmpeg lists them: `mov,mp4,m4a,3gp,3g2,mj2`.
    public var container: String
    /// Seconds; `nil` when neither the container nor its packets tell.
    public var duration: Double?
    public var video: VideoTrack?
    public var audio: AudioTrack?

    public init(container: String, duration: Double?, video: VideoTrack?, audio: AudioTrack?) {
        self.container = container
        self.duration = duration
        self.video = video
        self.audio = audio
    }

    public struct VideoTrack: Sendable, Equatable, Codable {
        public var codec: String
        /// Size of the frames that are delivered: already turned by `rotation`, unless the file was opened with
        /// `appliesRotation: false`. The pixel aspect ratio is not applied.
        public var size: PixelSize
        /// Average frames per second.
        public var frameRate: Double
        /// Frames in presentation order.
        public var frameCount: Int
        /// Whether `frameCount` was counted from the packets (true) or is the container's word (false).
        public var frameCountIsExact: Bool
        public var isVariableFrameRate: Bool
        /// Clockwise degrees that a player turns the picture: 0, 90, 180 or 270.
        public var rotation: Int
        /// FFmpeg's pixel format name: `yuv420p10le`.
        public var pixelFormat: String
        public var bitDepth: Int
        public var isFullRange: Bool
        public var isInterlaced: Bool
        /// Transfer is PQ or HLG.
        public var isHDR: Bool
        public var duration: Double

        public init(
            codec: String, size: PixelSize, frameRate: Double, frameCount: Int, frameCountIsExact: Bool,
            isVariableFrameRate: Bool, rotation: Int, pixelFormat: String, bitDepth: Int, isFullRange: Bool,
            isInterlaced: Bool, isHDR: Bool, duration: Double
        ) {
            self.codec = codec
            self.size = size
            self.frameRate = frameRate
            self.frameCount = frameCount
            self.frameCountIsExact = frameCountIsExact
            self.isVariableFrameRate = isVariableFrameRate
            self.rotation = rotation
            self.pixelFormat = pixelFormat
            self.bitDepth = bitDepth
            self.isFullRange = isFullRange
            self.isInterlaced = isInterlaced
            self.isHDR = isHDR
            self.duration = duration
        }
    }

    public struct AudioTrack: Sendable, Equatable, Codable {
        public var codec: String
        public var sampleRate: Int
        public var channels: Int
        public var duration: Double?

        public init(codec: String, sampleRate: Int, channels: Int, duration: Double?) {
            self.codec = codec
            self.sampleRate = sampleRate
            self.channels = channels
            self.duration = duration
        }
    }
}
