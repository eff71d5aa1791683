import ArgumentParser
import Foundations

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Work on jobs, without serving requests.",
        discussion: """
            Takes jobs from the database that servers put them into. Any number of workers may share one PostgreSQL; with SQLite they run
            on the server's machine. A worker that stops gives its jobs back; one that is killed loses them to others when its lease is over.

            Examples:
              martlet work --set database.url=postgres://martlet@db/martlet
              martlet work --at-once 4
            """)

    @Option(help: ArgumentHelp("Jobs at once. Default: jobs.workers.", valueName: "number"))
    var atOnce: Int?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let atOnce, !(1...64).contains(atOnce) { throw ValidationError("--at-once must be 1 to 64.") }
    }

    func run() async throws {
        let configuration = try global.configuration()
        try await Assembly.running(configuration, forServing: true) { assembly in
            try await assembly.work(width: atOnce ?? max(1, configuration.jobs.workers))
        }
    }
}
