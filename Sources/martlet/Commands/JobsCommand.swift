import ArgumentParser
import Foundation
import Foundations
import Gateway
import Jobs

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "See and change durable jobs.",
        discussion: "Works on the configuration's database itself: a server need not run.",
        subcommands: [List.self, Show.self, Watch.self, Cancel.self, Retry.self, Prune.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Jobs, newest first.",
            discussion: "Examples:\n  martlet jobs list\n  martlet jobs list --status failed --json")
        @Option(help: "pending, processing, retrying, completed, failed or cancelled.") var status: JobState?
        @Option(help: "analysis, fetch, …") var kind: String?
        @Option(help: "The most to show.") var limit = 50
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if !(1...10_000).contains(limit) { throw ValidationError("--limit must be 1 to 10000.") }
        }

        func run() async throws {
            try await JobsCommand.withQueue(global) { queue in
                let jobs = try await queue.store.jobs(JobQuery(states: status.map { [$0] }, kind: kind, limit: limit))
                if global.json { return printJSON(.array(jobs.map(JobDocument.json))) }
                if jobs.isEmpty { return print("There are no jobs.") }
                for job in jobs { print(JobsCommand.line(job)) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One job, and what happened to it.", discussion: "Example:\n  martlet jobs show 7")
        @Argument(help: "The job's number.") var id: Int64
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await JobsCommand.withQueue(global) { queue in
                let job = try await queue.store.job(id)
                let events = try await queue.store.events(of: id)
                if global.json {
                    let history = events.map { event -> JSONValue in
                        ["at": JobDocument.time(event.at), "event": .string(event.event), "note": event.note.map(JSONValue.string) ?? .null]
                    }
                    return printJSON(["job": JobDocument.json(job), "events": .array(history)])
                }
                print(JobsCommand.line(job))
                for event in events { print("  \(event.at.formatted(.iso8601))  \(event.event)\(event.note.map { ": \($0)" } ?? "")") }
                if let error = job.error { print("  error: \(error.message)") }
                if let result = job.result { print("  result: \(String(decoding: result.encoded(), as: UTF8.self))") }
            }
        }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a job to its end, or all jobs until Ctrl-C.",
            discussion: "Ends with status 1 when the job fails or is cancelled.\n\nExamples:\n  martlet jobs watch 7\n  martlet jobs watch --json")
        @Argument(help: "The job's number; without it, all jobs.") var id: Int64?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let last = try await JobsCommand.withQueue(global) { queue in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await queue.watch() }
                    defer { group.cancelAll() }
                    var last: Job?
                    let states = if let id { try await queue.follow(id) } else { try await queue.followAll() }
                    for await job in states {
                        if global.json { printJSON(JobDocument.json(job), onOneLine: true) } else { print(JobsCommand.line(job)) }
                        last = job
                    }
                    return last
                }
            }
            if id != nil, let last, last.state != .completed { throw ExitCode.failure }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop jobs.", discussion: "Example:\n  martlet jobs cancel 7 8")
        @Argument(help: "The jobs' numbers.") var ids: [Int64]
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await JobsCommand.change(ids, global) { try await $0.cancel($1) } }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try failed or cancelled jobs again, from their last finished piece on.", discussion: "Example:\n  martlet jobs retry 7")
        @Argument(help: "The jobs' numbers.") var ids: [Int64]
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await JobsCommand.change(ids, global) { try await $0.retry($1) } }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget jobs that ended long ago.", discussion: "Examples:\n  martlet jobs prune\n  martlet jobs prune --older-than 24h")
        @Option(help: ArgumentHelp("Ended longer ago than this. Default: jobs.retention.", valueName: "duration")) var olderThan: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if let olderThan, DurationText.parse(olderThan) == nil { throw ValidationError("--older-than must be a duration such as 24h.") }
        }

        func run() async throws {
            let age = try olderThan.flatMap(DurationText.parse) ?? global.configuration().jobs.retention
            try await JobsCommand.withQueue(global) { queue in
                let gone = try await queue.store.prune(endedBefore: Date(timeIntervalSinceNow: -(age / .seconds(1))))
                if global.json { printJSON(["forgotten": .integer(gone)]) } else { print("Forgot \(gone) job\(gone == 1 ? "" : "s").") }
            }
        }
    }

    private static func change(
        _ ids: [Int64], _ global: GlobalOptions, _ change: @escaping @Sendable (JobQueue, Int64) async throws -> Job
    ) async throws {
        try await withQueue(global) { queue in
            var jobs: [Job] = []
            for id in ids {
                let job = try await change(queue, id)
                jobs.append(job)
                if !global.json { print(line(job)) }
            }
            if global.json { printJSON(.array(jobs.map(JobDocument.json))) }
        }
    }

    private static func withQueue<T: Sendable>(_ global: GlobalOptions, _ body: @Sendable (JobQueue) async throws -> T) async throws -> T {
        let database = try await global.configuration().openDatabase()
        do {
            let value = try await body(JobQueue(store: try await JobStore(database)))
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }

    private static func line(_ job: Job) -> String {
        let progress = job.progress
        var text = "\(job.id)  \(job.state.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0))  \(Int(progress.fraction * 100)) %  \(job.kind)"
        if let subject = job.subject { text += "  \(subject)" }
        if job.state == .processing, let stage = progress.stage {
            text += "  \(stage) \(Int(progress.done))\(progress.total.map { "/\(Int($0))" } ?? "")"
            if let rate = progress.rate { text += String(format: "  %.1f/s", rate) }
            if let left = progress.remaining { text += "  \(DurationText.text(.seconds(Int(left.rounded(.up))))) left" }
        }
        if let error = job.error { text += "  \(error.message)" }
        return text
    }
}

extension JobState: ExpressibleByArgument {}
