import ArgumentParser
import Engines
import Foundation
import Foundations
import Gateway
import Media
import ModelHub
import Voice

struct TalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "talk",
        abstract: "Answer a spoken question with a spoken answer.",
        discussion: """
            Examples:
              martlet talk question.wav -o answer.ogg
              martlet talk question.ogg -o answer.mp3 --json
              martlet talk question.wav --instructions "You are a pirate."

            What was heard and what is answered goes to standard output, progress to standard error.
            """)

    @Argument(help: ArgumentHelp("A sound or video file, an http(s) URL or - for standard input.", valueName: "file"))
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The spoken answer's file; its end says its form. Default: none, the answer is only written.", valueName: "file"))
    var output: String?

    @Option(help: "Chat model. Default: the best one at hand.")
    var model: String?

    @Option(help: "Model that transcribes.")
    var transcriber: String?

    @Option(help: "Model that speaks.")
    var synthesizer: String?

    @Option(help: "One of its voices.")
    var voice: String?

    @Option(help: "The language spoken, such as en.")
    var language: String?

    @Option(help: "0.25 to 4.")
    var speed = 1.0

    @Option(help: "What the model is told before the question. Default: voice.instructions.")
    var instructions: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        let printer = ProgressPrinter(quiet: global.quiet)
        let result = try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { try await talk(with: $0, printer) }
        }
        if global.json { printJSON(result) }
    }

    private func talk(with assembly: Assembly, _ printer: ProgressPrinter) async throws -> JSONValue {
        try await assembly.prepareSpeech(hearing: .some(transcriber), speaking: output == nil ? nil : .some(synthesizer), chat: .some(model)) {
            await printer.show($0)
        }
        let input = try await InputVideo.open(file, assembly: assembly) { await printer.show($0) }
        defer { input.discard() }
        let media = try await MediaFile.open(input.source, limits: assembly.configuration.media)
        guard let audio = try await media.audio() else { throw VoiceError.noSound }
        var turn = VoiceTurn(.sound(audio))
        turn.model = model
        turn.transcriber = transcriber
        turn.synthesizer = synthesizer
        turn.voice = voice
        turn.language = language
        turn.speed = speed
        turn.instructions = instructions
        turn.isSpoken = output != nil
        let sound = try output.map { try SoundFile($0, format: AudioFormat(fileExtension: URL(fileURLWithPath: $0).pathExtension) ?? .wav) }
        let prints = !global.json && output != "-"
        do {
            let context = RequestContext(deadline: .after(assembly.configuration.server.requestTimeout))
            let report = try await assembly.voice.run(turn, context: context) { event in
                switch event {
                case .began(let stage): await printer.show(ProgressUpdate(stage: stage.rawValue, done: 0))
                case .transcribed(let transcript):
                    await printer.clear()
                    if prints { print("> \(transcript.text)\n") }
                case .text(let piece):
                    await printer.clear()
                    if prints { FileHandle.standardOutput.write(Data(piece.utf8)) }
                case .sound(let samples, _): try await sound?.add(samples)
                case .ended, .heard: break
                }
            }
            await printer.clear()
            if prints { print("") }
            try await sound?.finish()
            return json(report)
        } catch {
            await sound?.discard()
            throw error
        }
    }

    private func json(_ report: VoiceTurnReport) -> JSONValue {
        var json = VoiceTurnDocument.json(report).objectValue ?? [:]
        json["file"] = output.map(JSONValue.string) ?? .null
        return .object(json)
    }
}
