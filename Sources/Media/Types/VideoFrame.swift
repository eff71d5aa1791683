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
