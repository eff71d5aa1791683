import Agents
import ArgumentParser
import Engines
import Foundation
import Foundations
import ModelHub

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Let a model work on the files of a folder: read, change, run, try again.",
        discussion: """
            Examples:
              martlet agent --workspace app "The tests fail. Find out why and mend it."
              martlet agent --workspace app                       (a conversation; /help tells more)
              martlet agent "Add type hints to utils.py" --model qwen2.5-coder-1.5b-instruct --seed 7
              martlet agent "Tidy up" --approve never --json > events.jsonl
              git diff | martlet agent - --approve always

            Commands run in a sandbox: no network, nothing of the machine but the folder, bounds on time and memory. Commands that delete or \
            overwrite much are asked about first (--approve). What the model says goes to standard output, what it does to standard error.
            """)

    @Argument(help: ArgumentHelp("What to do; - reads it from standard input. Without: a conversation.", valueName: "task"))
    var task: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to work in.", valueName: "dir"))
    var workspace = "."

    @Option(help: "Model id (see: martlet models list). Default: the best one at hand.")
    var model: String?

    @Option(help: "Dangerous commands: ask, always or never.")
    var approve: ApprovalMode = .ask

    @Option(help: "Most answers of the model in one task.")
    var maxIterations = 30

    @Option(help: "Most seconds for one task.")
    var maxSeconds = 1800.0

    @Option(help: "Most tokens that the model writes in one task.")
    var maxTokens = 65_536

    @Option(help: "Seconds that one command may run.")
    var commandSeconds = 60.0

    @Option(help: "0 to 2; 0 always takes the likeliest token.")
    var temperature = 0.2

    @Option(help: "Seed, for runs that repeat.")
    var seed: Int?

    @Option(help: "Whether the model has to call a tool in every answer: auto or required.")
    var toolChoice: ToolLoop.ToolChoice = .automatic

    @Option(help: ArgumentHelp("More for the model to keep to.", valueName: "text"))
    var instructions: String?

    @Option(help: ArgumentHelp("Also write all that was said and done into this file, as JSON.", valueName: "file"))
    var transcript: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard maxIterations > 0, maxSeconds > 0, maxTokens > 0, commandSeconds > 0 else { throw ValidationError("Bounds have to be above 0.") }
        guard (0...2).contains(temperature) else { throw ValidationError("--temperature is 0 to 2.") }
        if approve == .ask, task == "-" { throw ValidationError("Nobody can be asked while standard input is the task. Add --approve always or never.") }
    }

    func run() async throws {
        let configuration = try global.configuration()
        let success = try await cancellingOnInterrupt {
            try await Assembly.running(configuration, forServing: false) { try await work(with: $0) }
        }
        if !success { throw ExitCode(1) }
    }

    /// - Returns: whether the last task was finished.
    private func work(with assembly: Assembly) async throws -> Bool {
        let workspace = try Workspace(workspace)
        try await Sandbox.check()
        let printer = ProgressPrinter(quiet: global.quiet)
        try await assembly.prepareSpeech(chat: .some(model)) { await printer.show($0) }
        await printer.show(ProgressUpdate(stage: "load model", done: 0))
        let context = RequestContext(deadline: .after(assembly.configuration.models.loadTimeout))
        let chat = try await assembly.hub.chatModel(id: model, context: context)
        await printer.clear()
        let lines = InputLines()
        let agent = CodingAgent(workspace: workspace, model: chat, options: options(lines))
        let session = AgentSession(
            agent: agent, printer: AgentPrinter(json: global.json, quiet: global.quiet), transcript: transcript, patience: maxSeconds)
        switch task {
        case "-"?: return try await session.perform(try await StandardInput.text(limit: 1 << 20))
        case let task?: return try await session.perform(task)
        case nil: return try await session.converse(lines)
        }
    }

    private func options(_ lines: InputLines) -> CodingAgent.Options {
        var options = CodingAgent.Options()
        options.loop.temperature = temperature
        options.loop.seed = seed
        options.loop.toolChoice = toolChoice
        options.loop.budget.iterations = maxIterations
        options.loop.budget.seconds = maxSeconds
        options.loop.budget.tokens = maxTokens
        options.loop.budget.toolCalls = maxIterations * 4
        options.sandbox.wallClock = .seconds(commandSeconds)
        options.instructions = instructions
        switch approve {
        case .always: options.approval = .always
        case .never: options.approval = .never
        case .ask:
            // Without a terminal there is nobody to ask.
            options.approval = isatty(STDIN_FILENO) == 1 ? ApprovalPolicy { try await lines.approves($0, reason: $1) } : .never
        }
        return options
    }

    enum ApprovalMode: String, ExpressibleByArgument, CaseIterable { case ask, always, never }
}

extension ToolLoop.ToolChoice: ExpressibleByArgument {}
