/// One decoded picture of a video.
public struct VideoFrame: Sendable {
    /// Position in presentation order, from 0.
    public let index: Int
    /// Presentation time in seconds from the start of the video.
    public let time: Double
    public let image: RGBImage

    public init(index: Int, time: Double, image: RGBImage) {
        self.index = index
        self.time = time
        self.image = image
    }
}

/// One decoded picture as OpenCV hands it out: 8 bits a channel, blue, green, red, rows from the top without padding.
public struct BGRFrame: Sendable {
    /// Position in presentation order, from 0.
    public let index: Int
    /// Presentation time in seconds from the start of the video.
    public let time: Double
    public let width: Int
    public let height: Int
    public let pixels: [UInt8]

    init(index: Int, time: Double, image: RGBImage) {
        self.index = index
        self.time = time
        width = image.width
        height = image.height
        pixels = image.pixels
    }
}
