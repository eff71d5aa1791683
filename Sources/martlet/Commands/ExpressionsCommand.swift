import ArgumentParser
import Expressions
import Foundation
import Foundations
import Media

struct ExpressionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expressions",
        abstract: "Measure the movements of a face in a video, and have a model judge them.",
        discussion: """
            Martlet computes features, and predictions of whatever model it is given. It makes no claim to detect emotions or anxiety: \
            the published model of this form did not generalise to new people (45 % on unseen subjects).
            """,
        subcommands: [Extract.self, Predict.self, Import.self])

    /// How features are measured.
    struct Measuring: ParsableArguments {
        @Option(help: "hann2d (as the original serves), none (as its model was trained) or improved. Default: expressions.estimator.")
        var estimator: MotionEstimator?

        @Option(help: "exact (the detector sees every frame) or tracked. Default: expressions.detection.")
        var detection: DetectionMode?

        func options(_ configuration: Configuration, withFlow: Bool = false) -> ExpressionOptions {
            ExpressionOptions(
                estimator: estimator ?? configuration.expressions.estimator, detection: detection ?? configuration.expressions.detection,
                withFlow: withFlow)
        }
    }

    struct Extract: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the features of each frame to a file.",
            discussion: """
                Examples:
                  martlet expressions extract talk.mp4 -o features.csv
                  martlet expressions extract part1.mp4 part2.mp4 -o features.parquet --estimator improved --flow
                  martlet expressions extract talk.mp4 -o features.json --detection tracked --overlay talk-motions.mp4 --json

                Several videos follow each other as one. The form goes by the file's ending: csv, json or parquet. The report goes to \
                standard output, progress to standard error.
                """)

        @Argument(help: ArgumentHelp("Files, http(s) URLs, or - for standard input.", valueName: "video"))
        var videos: [String]

        @Option(name: .shortAndLong, help: ArgumentHelp("The feature file: .csv, .json or .parquet.", valueName: "file"))
        var output: String?

        @OptionGroup var measuring: Measuring

        @Flag(help: "Compute dense optical flow too: two more columns for each block.")
        var flow = false

        @Option(help: ArgumentHelp("Also make a video with regions and motions drawn in.", valueName: "file.mp4"))
        var overlay: String?

        @Option(help: ArgumentHelp("Also write the 68 landmarks of each usable frame, as CSV.", valueName: "file.csv"))
        var landmarksOut: String?

        @Option(help: ArgumentHelp("dlib's landmark model. Default: expressions.landmarks.", valueName: "file.dat"))
        var landmarks: String?

        @OptionGroup var global: GlobalOptions

        private var format: FeatureFormat? {
            get throws {
                guard let output else { return nil }
                guard let format = FeatureFormat(rawValue: (output as NSString).pathExtension.lowercased()) else {
                    throw ValidationError("--output must end in .csv, .json or .parquet.")
                }
                return format
            }
        }

        func validate() throws {
            if try format == nil, overlay == nil, landmarksOut == nil {
                throw ValidationError("Say where the features go: -o features.csv, .json or .parquet.")
            }
        }

        func run() async throws {
            var configuration = try global.configuration()
            if let landmarks { configuration.expressions.landmarks = landmarks }
            let targets = ExpressionFiles.Targets(
                features: output.map { URL(fileURLWithPath: $0) }, format: try format ?? .csv, overlay: overlay.map { URL(fileURLWithPath: $0) },
                landmarks: landmarksOut.map { URL(fileURLWithPath: $0) })
            let options = measuring.options(configuration, withFlow: flow)
            let report = try await onVideos(videos, configuration, global) { files, sources, progress in
                try await files.extract(sources, options, to: targets, progress: progress)
            }
            if global.json { return printJSON(report.json, onOneLine: true) }
            print(
                "\(report.rows) rows from \(report.framesUsed) of \(report.framesTotal) frames (\(report.framesDetected) detected, "
                    + "\(report.framesTracked) tracked, \(report.framesSkipped) skipped), estimator \(report.estimator.rawValue), "
                    + "detection \(report.detection.rawValue), \(String(format: "%.1f", report.seconds)) s")
            for warning in report.warnings { print("warning: \(warning.message)") }
        }
    }

    struct Predict: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a model judge the movements in a video.",
            discussion: """
                Example:
                  martlet expressions predict talk.mp4 --model models/tabr

                The model is a folder that `martlet expressions import` made. It brings its own estimator.
                """)

        @Argument(help: ArgumentHelp("Files, http(s) URLs, or - for standard input.", valueName: "video"))
        var videos: [String]

        @Option(help: ArgumentHelp("The model's folder.", valueName: "dir"))
        var model: String

        @OptionGroup var measuring: Measuring
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let configuration = try global.configuration()
            let folder = URL(fileURLWithPath: model, isDirectory: true)
            let options = measuring.options(configuration)
            let judged = try await onVideos(videos, configuration, global) { files, sources, progress in
                try await files.predict(sources, model: folder, options, progress: progress)
            }
            if global.json { return printJSON(judged, onOneLine: true) }
            let share = { (key: String) in String(format: "%.1f %%", (judged[key]?.doubleValue ?? 0) * 100) }
            print("\(judged["prediction_label"]?.stringValue ?? "?"): \(share("confidence")) of \(judged["total_frames"]?.intValue ?? 0) rows, mean probability of label 1 \(share("avg_probability"))")
            if judged["synthetic"]?.boolValue == true { print("This is a synthetic model: it was made for tests and demonstrations, and knows nothing of people.") }
            if let note = judged["note"]?.stringValue { print(note) }
            for warning in judged["warnings"]?.arrayValue ?? [] { print("warning: \(warning["message"]?.stringValue ?? "")") }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Convert the original system's model files to a model folder.",
            discussion: """
                Example:
                  martlet expressions import tabr_experiment/before_flatten --to models/tabr
                  MODEL_REGISTRY=tabr:tabr:models/tabr martlet serve

                The original's files are pickles, which can hold programs. They are read in a sandbox without network, by a reader that \
                builds nothing but numbers.
                """)

        @Argument(help: ArgumentHelp("The folder with the checkpoint and the joblib files.", valueName: "dir"))
        var source: String

        @Option(name: .customLong("to"), help: ArgumentHelp("The folder to make.", valueName: "dir"))
        var target: String

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let printer = ProgressPrinter(quiet: global.quiet)
            let (source, target) = (URL(fileURLWithPath: source, isDirectory: true), URL(fileURLWithPath: target, isDirectory: true))
            let summary = try await cancellingOnInterrupt {
                try await withNotes(printer) { note in try await TabRImport(home: MartletHome()).run(from: source, to: target, note: note) }
            }
            if global.json {
                return printJSON(
                    [
                        "features": .integer(summary.features), "context_rows": .integer(summary.contextRows), "m": .integer(summary.neighbours),
                        "synthetic": .bool(summary.isSynthetic), "landmarks": .bool(summary.hasLandmarks),
                    ], onOneLine: true)
            }
            print("Imported: \(summary.features) features, \(summary.contextRows) context rows, \(summary.neighbours) neighbours.")
            if summary.isSynthetic { print("It is a synthetic model.") }
            if !summary.hasLandmarks { print("It brings no landmark model; expressions.landmarks serves.") }
        }
    }
}

extension MotionEstimator: ExpressibleByArgument {}
extension DetectionMode: ExpressibleByArgument {}

/// Opens the videos that a command names, and works on them with progress, until Ctrl-C.
private func onVideos<T: Sendable>(
    _ names: [String], _ configuration: Configuration, _ global: GlobalOptions,
    _ body: @escaping @Sendable (ExpressionFiles, [MediaSource], @escaping ProgressHandler) async throws -> T
) async throws -> T {
    let printer = ProgressPrinter(quiet: global.quiet)
    return try await cancellingOnInterrupt {
        try await Assembly.running(configuration, forServing: false) { assembly in
            var inputs: [InputVideo] = []
            defer { for input in inputs { input.discard() } }
            for name in names { inputs.append(try await InputVideo.open(name, assembly: assembly) { await printer.show($0) }) }
            let files = ExpressionFiles(engines: FaceEngines(configuration.expressions), limits: configuration.media)
            let sources = inputs.map(\.source)
            let result = try await withProgress({ await printer.show($0) }) { progress in try await body(files, sources, progress) }
            await printer.clear()
            return result
        }
    }
}

/// Gives `body` a way to say what it does, one sentence after the other.
private func withNotes<T: Sendable>(
    _ printer: ProgressPrinter, _ body: @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws -> T
) async throws -> T {
    let (notes, continuation) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { for await note in notes { await printer.note(note) } }
        defer { continuation.finish() }
        return try await body { continuation.yield($0) }
    }
}
