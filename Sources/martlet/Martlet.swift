import ArgumentParser
import Foundations
import NIOCore
import NIOPosix

@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Ask questions about video, on your own machine or in front of a fleet.",
        discussion: """
            Try it:
              martlet ask sample "What animal appears, what does the sign say, and what is said?"
              martlet serve
              martlet doctor

            Exit codes: 0 done, 1 failed, 2 the input can't be used, 3 something isn't set up, \
            4 busy or out of time, 64 wrong usage, 130 interrupted.
            """,
        version: Version.text,
        subcommands: [
            AskCommand.self, AgentCommand.self, TalkCommand.self, TranscribeCommand.self, SpeakCommand.self, ServeCommand.self,
            TelegramCommandLine.self, DiscordCommandLine.self, HistoryCommand.self, WorkCommand.self, JobsCommand.self, ModelsCommand.self, PoolsCommand.self, TritonCommand.self,
            FramesCommand.self, ExpressionsCommand.self, EvalCommand.self, DoctorCommand.self, ConfigCommand.self,
        ])

    static func main() async {
        // Tasks run where their bytes come in: handing each of them to another thread and back cost most of a request's time.
        NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Exit.end(with: error)
        }
    }
}
