import ArgumentParser
import Foundation
import Foundations
import Gateway
import Media
import VideoAnalysis

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a question about a video and read the answer as it is written.",
        discussion: """
            Examples:
              martlet ask sample "What animal appears, what does the sign say, and what is said?"
              martlet ask holiday.mp4 "When does the dog appear?" --start 30 --end 90
              martlet ask https://example.org/talk.mp4 "Sum up the talk." --json
              ffmpeg -i rtsp://camera/1 -t 20 -c copy -f matroska - | martlet ask - "Who comes in?"
              martlet ask clip.mkv "What is happening?" --model qwen3-vl-2b-instruct --frames-out frames/

            The answer goes to standard output, progress to standard error.
            """)

    @Argument(help: ArgumentHelp("A file, an http(s) URL, - for standard input, or \"sample\".", valueName: "video"))
    var video: String

    @Argument(help: "The question.")
    var question: String

    @OptionGroup var sampling: SamplingOptions

    @Option(help: "Model id (see: martlet models list). Default: the best one at hand.")
    var model: String?

    @Option(help: "Facts found in the video given to the model: auto, always or never.")
    var evidence: VideoQuestion.EvidenceMode = .auto

    @Option(help: "Most tokens in the answer.")
    var maxTokens: Int?

    @Option(help: "0 to 2; 0 always takes the likeliest token.")
    var temperature: Double?

    @Option(help: "Seed, for answers that repeat.")
    var seed: Int?

    @Option(help: ArgumentHelp("Also write the sampled frames into this folder, as JPEG.", valueName: "dir"))
    var framesOut: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let configuration = try global.configuration()
        let printer = ProgressPrinter(quiet: global.quiet)
        let result = try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { assembly in
                try await answer(with: assembly, printer: printer)
            }
        }
        if global.json { printJSON(result) }
    }

    private func answer(with assembly: Assembly, printer: ProgressPrinter) async throws -> JSONValue {
        try await assembly.prepareDefaultModels(chat: model) { update in await printer.show(update) }
        let input = try await InputVideo.open(video, assembly: assembly) { update in await printer.show(update) }
        defer { input.discard() }

        var question = VideoQuestion(source: input.source, sourceName: video, prompt: self.question)
        question.sampling = sampling.options(assembly.configuration)
        question.generation = GenerationOptions(assembly.configuration)
        if let maxTokens { question.generation.maxTokens = maxTokens }
        if let temperature { question.generation.temperature = temperature }
        question.generation.seed = seed
        question.evidence = evidence
        question.model = model

        let context = RequestContext(deadline: .after(assembly.configuration.server.requestTimeout))
        var summary: EvidenceSummary?
        var plan: VideoSamplingPlan?
        var notices: [String] = []
        var answer: AnswerResult?
        for try await event in assembly.questions.ask(question, context: context) {
            switch event {
            case .progress(let update): await printer.show(update)
            case .notice(let text):
                notices.append(text)
                await printer.note(text)
            case .plan(let value): plan = value
            case .evidence(let value): summary = value
            case .token(let text):
                await printer.clear()
                if !global.json { FileHandle.standardOutput.write(Data(text.utf8)) }
            case .done(let result): answer = result
            }
        }
        await printer.clear()
        if !global.json {
            print("")
            if let places = answer?.citations.line, !places.isEmpty { print("(\(places))") }
        }
        if let framesOut {
            try await FrameFolder.write(
                plan, options: question.sampling, of: input.source, limits: assembly.configuration.media, to: framesOut)
        }
        guard let answer else { throw CancellationError() }
        var json = VideoAnswer.body(answer, prompt: self.question, source: video, requestID: context.id).objectValue ?? [:]
        json["plan"] = plan.map { VideoAnswer.json($0) } ?? .null
        json["evidence"] = summary.map { VideoAnswer.json($0) } ?? .null
        json["notices"] = .array(notices.map(JSONValue.string))
        return .object(json)
    }
}

extension VideoQuestion.EvidenceMode: ExpressibleByArgument {}
