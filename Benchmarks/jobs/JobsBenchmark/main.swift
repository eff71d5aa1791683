import Foundation
import Foundations
import Jobs
import Logging

// Rates of the job queue, as JSON on standard output:
//
//     JobsBenchmark NUMBER [POSTGRES-ADDRESS]
//
// Jobs are submitted one by one, each on the disk before the next begins; then in batches; then a worker claims and completes them,
// each in two transactions of its own.

struct Nothing: JobHandler {
    let kind = "nothing"

    func run(_ run: JobRun) async throws -> JobOutcome { JobOutcome(result: .null) }
}

func rate(_ count: Int, _ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
}

guard CommandLine.arguments.count > 1, let count = Int(CommandLine.arguments[1]) else {
    FileHandle.standardError.write(Data("usage: JobsBenchmark NUMBER [POSTGRES-ADDRESS]\n".utf8))
    exit(64)
}
let folder = FileManager.default.temporaryDirectory.appending(path: "jobs-benchmark-\(getpid())")
defer { try? FileManager.default.removeItem(at: folder) }
let database: any Database =
    if CommandLine.arguments.count > 2 {
        try await PostgresDatabase(address: CommandLine.arguments[2])
    } else {
        try await SQLiteDatabase(file: folder.appending(path: "jobs.sqlite"))
    }
var configuration = JobsConfiguration()
configuration.maxWaiting = 10_000_000
let queue = JobQueue(store: try await JobStore(database), configuration: configuration)
let single = min(count, 5000)
let callers = 8

let oneByOne = try await rate(single) {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<callers {
            group.addTask { for _ in 0..<single / callers { _ = try await queue.submit(JobRequest(kind: "nothing")) } }
        }
        try await group.waitForAll()
    }
}
let rest = count - single / callers * callers
let batched = try await rate(rest) {
    for start in stride(from: 0, to: rest, by: 1000) {
        _ = try await queue.submit((start..<min(rest, start + 1000)).map { _ in JobRequest(kind: "nothing") })
    }
}
let claims = min(count, 5000)
let claimed = try await rate(claims) {
    for _ in 0..<claims { _ = try await queue.store.claim(["nothing"], worker: "benchmark", lease: .seconds(3600), limit: 1) }
}
configuration.workers = callers
let worker = JobWorker(queue: queue, handlers: [Nothing()], configuration: configuration, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
let left = count - claims
let drained = try await rate(left) {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await worker.run() }
        while try await queue.store.counts()[.completed] ?? 0 < left { try await Task.sleep(for: .milliseconds(100)) }
        await worker.stop()
        try await group.waitForAll()
    }
}
await database.close()
let result: JSONValue = [
    "jobs": .integer(count), "submitted_one_by_one_per_second": .number(oneByOne.rounded()), "submitted_in_batches_per_second": .number(batched.rounded()),
    "claimed_per_second": .number(claimed.rounded()), "done_per_second": .number(drained.rounded()),
]
print(String(decoding: result.encoded(), as: UTF8.self))
