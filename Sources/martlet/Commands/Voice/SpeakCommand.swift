import ArgumentParser
import Engines
import Foundation
import Foundations
import Media
import ModelHub

struct SpeakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speak",
        abstract: "Speak a text.",
        discussion: """
            Examples:
              martlet speak "The train leaves at nine." -o train.wav
              martlet speak - -o chapter.mp3 < chapter.txt
              martlet speak "Quickly now." -o quick.ogg --speed 1.3
              martlet speak "Out loud." -o - --format wav | aplay

            The file's end says its form: wav, mp3, ogg (Opus), flac, aac, raw.
            """)

    @Argument(help: ArgumentHelp("What to say, or - for standard input.", valueName: "text"))
    var text: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The sound's file, or - for standard output.", valueName: "file"))
    var output: String

    @Option(help: "wav, mp3, opus, flac, aac or pcm. Default: as the file's name says, else wav.")
    var format: AudioFormat?

    @Option(help: "Model id (see: martlet models list). Default: speech.synthesizer, else the first one at hand.")
    var model: String?

    @Option(help: "One of the model's voices.")
    var voice: String?

    @Option(help: "0.25 to 4.")
    var speed = 1.0

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if global.json, output == "-" { throw ValidationError("Standard output can't hold both the sound and JSON: name a file with -o.") }
    }

    func run() async throws {
        let configuration = try global.configuration()
        let printer = ProgressPrinter(quiet: global.quiet)
        let result = try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { try await speak(with: $0, printer) }
        }
        if global.json { printJSON(result) }
    }

    private func speak(with assembly: Assembly, _ printer: ProgressPrinter) async throws -> JSONValue {
        let limit = assembly.configuration.speech.maxCharacters
        let words = text == "-" ? try await StandardInput.text(limit: limit * 4) : text
        guard words.contains(where: { !$0.isWhitespace }) else {
            throw ErrorReport(.invalidRequest, code: "text_empty", "There is nothing to say.", param: "text")
        }
        guard words.count <= limit else {
            throw ErrorReport(
                .tooLarge, code: "text_too_long", "The text has \(words.count) characters; \(limit) are allowed (speech.max_characters).", param: "text")
        }
        try await assembly.prepareSpeech(speaking: .some(model), { await printer.show($0) })
        let begun = ContinuousClock.now
        let context = RequestContext(deadline: .after(.seconds(86_400)))
        let synthesizer = try await assembly.speech.synthesizer(id: model, context: context)
        let loaded = ContinuousClock.now
        let form = format ?? AudioFormat(fileExtension: URL(fileURLWithPath: output).pathExtension) ?? .wav
        let file = try SoundFile(output, format: form)
        var first: Double?
        do {
            for try await sound in try await synthesizer.speak(SpeechRequest(text: words, voice: voice, speed: speed), context: context) {
                first = first ?? (ContinuousClock.now - loaded) / .seconds(1)
                try await file.add(sound)
                await printer.show(ProgressUpdate(stage: "speak", done: await file.seconds, unit: .seconds))
            }
            try await file.finish()
        } catch {
            await file.discard()
            throw error
        }
        await printer.clear()
        return [
            "file": .string(output), "format": .string(form.rawValue), "seconds": .number(await file.seconds), "model": .string(synthesizer.id),
            "load_seconds": .number((loaded - begun) / .seconds(1)), "first_sound_seconds": first.map(JSONValue.number) ?? .null,
            "synthesis_seconds": .number((ContinuousClock.now - loaded) / .seconds(1)),
        ]
    }
}

extension AudioFormat: ExpressibleByArgument {}
