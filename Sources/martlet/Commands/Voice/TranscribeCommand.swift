import ArgumentParser
import Engines
import Foundation
import Foundations
import Gateway
import Media
import ModelHub
import Voice

struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe",
        abstract: "Write down what is said in a sound or video file.",
        discussion: """
            Examples:
              martlet transcribe talk.mp3
              martlet transcribe film.mkv --format srt > film.srt
              martlet transcribe interview.ogg --json
              martlet transcribe meeting.m4a --model whisper-small --language de

            The text goes to standard output as it is heard, progress to standard error.
            """)

    @Argument(help: ArgumentHelp("A file, an http(s) URL or - for standard input.", valueName: "file"))
    var file: String

    @Option(help: "Model id (see: martlet models list). Default: speech.transcriber, else the first one at hand.")
    var model: String?

    @Option(help: "The language spoken, such as en. Default: the model finds out.")
    var language: String?

    @Option(help: "text, srt or vtt.")
    var format: SubtitleFormat = .text

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        let printer = ProgressPrinter(quiet: global.quiet)
        try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { try await transcribe(with: $0, printer) }
        }
    }

    private func transcribe(with assembly: Assembly, _ printer: ProgressPrinter) async throws {
        try await assembly.prepareSpeech(hearing: .some(model), { await printer.show($0) })
        let input = try await InputVideo.open(file, assembly: assembly) { await printer.show($0) }
        defer { input.discard() }
        let begun = ContinuousClock.now
        let media = try await MediaFile.open(input.source, limits: assembly.configuration.media)
        guard let audio = try await media.audio() else { throw VoiceError.noSound }
        let context = RequestContext(deadline: .after(.seconds(86_400)))
        let transcriber = try await assembly.speech.transcriber(id: model, context: context)
        let loaded = ContinuousClock.now
        let prints = !global.json && format == .text
        let options = TranscriptionOptions(language: language, wantsWords: global.json)
        let transcript = try await withProgress({ await printer.show($0) }) { progress in
            try await transcriber.transcribe(
                audio, options: options, context: context,
                heard: { segment in
                    await printer.clear()
                    if prints { print(segment.text) }
                }, progress: progress)
        }
        await printer.clear()
        if global.json {
            var json = TranscriptDocument.verbose(transcript, withWords: true).objectValue ?? [:]
            json["model"] = .string(transcriber.id)
            json["seconds"] = .number((ContinuousClock.now - begun) / .seconds(1))
            json["transcription_seconds"] = .number((ContinuousClock.now - loaded) / .seconds(1))
            printJSON(.object(json))
        } else if format != .text {
            print(TranscriptDocument.subtitles(transcript, format), terminator: "")
        }
    }
}

extension SubtitleFormat: ExpressibleByArgument {}
