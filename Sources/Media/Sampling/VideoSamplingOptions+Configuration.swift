import Foundations

extension VideoSamplingOptions {
    /// The operator's defaults.
    public init(_ configuration: VideoConfiguration) {
        self.init()
        fps = configuration.fps
        maxFrames = configuration.maxFrames
        minPixels = configuration.minPixels
        maxPixels = configuration.maxPixels
        totalPixels = configuration.totalPixels
        patchSize = configuration.patchSize
    }
}
