import ArgumentParser
import Foundations
import Media

/// Options of frame sampling, shared by `ask` and `frames`.
struct SamplingOptions: ParsableArguments {
    @Option(help: "Frames sampled per second of video.")
    var fps: Double?

    @Option(help: "Most frames sampled.")
    var maxFrames: Int?

    @Option(help: "An exact number of frames instead of a rate.")
    var nframes: Int?

    @Option(help: ArgumentHelp("Begin at this second.", valueName: "seconds"))
    var start: Double?

    @Option(help: ArgumentHelp("End at this second.", valueName: "seconds"))
    var end: Double?

    @Option(help: "Fewest pixels per frame.")
    var minPixels: Int?

    @Option(help: "Most pixels per frame.")
    var maxPixels: Int?

    @Option(help: "Pixels over all frames.")
    var totalPixels: Int?

    @Option(help: "Image patch of the model that the frames are for: 14 (Qwen2-VL, Qwen2.5-VL) or 16 (Qwen3-VL). `ask` knows its model's.")
    var patchSize: Int?

    func options(_ configuration: Configuration) -> VideoSamplingOptions {
        var options = VideoSamplingOptions(configuration.video)
        if let fps { options.fps = fps }
        if let nframes {
            options.frameCount = nframes
            if fps == nil { options.fps = nil }
        }
        if let maxFrames { options.maxFrames = maxFrames }
        if let minPixels { options.minPixels = minPixels }
        if let maxPixels { options.maxPixels = maxPixels }
        if let totalPixels { options.totalPixels = totalPixels }
        if let patchSize { options.patchSize = patchSize }
        options.start = start
        options.end = end
        return options
    }
}
