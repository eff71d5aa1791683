import ArgumentParser
import Crypto
import Foundation
import Foundations
import Media

struct FramesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frames",
        abstract: "Sample a video's frames exactly as a question would, and show or write them.",
        discussion: """
            Examples:
              martlet frames clip.mp4
              martlet frames clip.mp4 --fps 1 --frames-out frames/
              martlet frames clip.mp4 --json
            """)

    @Argument(help: ArgumentHelp("A file, an http(s) URL, - for standard input, or \"sample\".", valueName: "video"))
    var video: String

    @OptionGroup var sampling: SamplingOptions

    @Option(help: ArgumentHelp("Write the frames into this folder, as JPEG.", valueName: "dir"))
    var framesOut: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        let printer = ProgressPrinter(quiet: global.quiet)
        try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { assembly in
                let input = try await InputVideo.open(video, assembly: assembly) { await printer.show($0) }
                defer { input.discard() }
                try await sample(input.source, configuration, printer)
            }
        }
    }

    private func sample(_ source: MediaSource, _ configuration: Configuration, _ printer: ProgressPrinter) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let media = try await MediaFile.open(source, limits: configuration.media)
        let plan = try FrameSampling.plan(
            for: media.info, options: sampling.options(configuration), limits: configuration.media)
        var hash = SHA256()
        var times: [Double] = []
        for try await frame in media.sampledFrames(plan) {
            hash.update(data: frame.image.pixels)
            times.append(frame.time)
            await printer.show(
                ProgressUpdate(
                    stage: "decode", done: Double(times.count), total: Double(plan.indices.count), unit: .frames))
        }
        let seconds = (clock.now - begin) / .seconds(1)
        await printer.clear()
        if let framesOut {
            try await FrameFolder.write(
                plan, options: sampling.options(configuration), of: source, limits: configuration.media, to: framesOut)
        }
        if global.json {
            printJSON([
                "seconds": .number(seconds), "indices": .array(plan.indices.map { .integer($0) }),
                "times": .array(times.map { .number($0) }),
                "size": [.integer(plan.size.height), .integer(plan.size.width)],
                "sample_fps": .number(plan.sampleRate), "source_fps": .number(plan.sourceFrameRate),
                "tokens": .integer(plan.tokens),
                "sha256_of_frames": .string(hash.finalize().map { String(format: "%02x", $0) }.joined()),
            ])
        } else {
            print(
                "\(plan.indices.count) frames of \(plan.size.width)×\(plan.size.height), "
                    + String(format: "%.3f a second, about %d tokens, read in %.2f s", plan.sampleRate, plan.tokens, seconds))
            for (index, time) in zip(plan.indices, times) { print(String(format: "  frame %6d at %8.3f s", index, time)) }
        }
    }
}
