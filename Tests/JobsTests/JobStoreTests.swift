import Foundation
import Foundations
import Jobs
import Testing

/// What must hold on every store. Workers' own calls are tested through workers.
@Suite struct JobStoreTests {
    @Test(arguments: TestDatabase.allCases) func whatIsSubmittedIsKept(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let request = JobRequest(
                kind: "k", payload: ["a": [1, 2.5, "x"]], subject: "/v.mp4", owner: "me", priority: 3, batch: "b", maxAttempts: 7)
            let job = try #require(try await store.submit([request]).first)
            #expect(job.state == .pending && job.payload == request.payload && job.subject == "/v.mp4" && job.owner == "me")
            #expect(job.priority == 3 && job.batch == "b" && job.maxAttempts == 7 && job.attempt == 0)
            #expect(abs(job.created.timeIntervalSinceNow) < 60)
            #expect(try await store.job(job.id) == job)
            #expect(try await store.jobs(JobQuery(batch: "b")) == [job])
            #expect(try await store.jobs(JobQuery(states: [.failed])).isEmpty)
            await #expect(throws: JobError.notFound) { try await store.job(job.id + 1) }
        }
    }

    @Test(arguments: TestDatabase.allCases) func manyGoInOrder(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let jobs = try await store.submit((0..<1234).map { JobRequest(kind: "k", payload: .integer($0)) })
            #expect(jobs.map(\.payload) == (0..<1234).map { .integer($0) })
            #expect(try await store.counts() == [.pending: 1234])
            let page = try await store.jobs(JobQuery(skip: 10, limit: 2))
            #expect(page.map(\.payload) == [1223, 1222])
        }
    }

    @Test(arguments: TestDatabase.allCases) func oneAtATimeForASubject(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let request = JobRequest(kind: "k", subject: "/v.mp4", isExclusive: true)
            // Many start at once: the database lets one through.
            let outcomes = await withTaskGroup(of: Result<Int64, any Error>.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            let jobs = try await store.submit([request])
                            return .success(jobs[0].id)
                        } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let winners = outcomes.compactMap { try? $0.get() }
            let winner = try #require(winners.first)
            #expect(winners.count == 1)
            for outcome in outcomes {
                if case .failure(let error) = outcome { #expect(error as? JobError == .inProgress(id: winner)) }
            }
            _ = try await store.submit([JobRequest(kind: "other", subject: "/v.mp4", isExclusive: true)])
            _ = try await store.cancel(winner)
            let next = try await store.submit([request])[0]
            await #expect(throws: JobError.inProgress(id: next.id)) { try await store.retry(winner) }
            // All or none.
            await #expect(throws: JobError.self) {
                try await store.submit([JobRequest(kind: "k", subject: "/w.mp4", isExclusive: true), request])
            }
            #expect(try await store.jobs(JobQuery(subject: "/w.mp4")).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases) func theSameKeyGivesTheSameJob(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let request = JobRequest(kind: "k", owner: "me", idempotencyKey: "once")
            let first = try await store.submit([request])
            #expect(try await store.submit([request]) == first)
            var other = request
            other.owner = "you"
            #expect(try await store.submit([other])[0].id != first[0].id)
        }
    }

    @Test(arguments: TestDatabase.allCases) func endedJobsAreCancelledAndRetriedByTheTable(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let id = try await store.submit([JobRequest(kind: "k")])[0].id
            let cancelled = try await store.cancel(id)
            #expect(cancelled.state == .cancelled && cancelled.completed != nil && cancelled.error?.message == "Job cancelled by user")
            await #expect(throws: JobError.cannotCancel(state: .cancelled)) { try await store.cancel(id) }
            let again = try await store.retry(id)
            #expect(again.state == .pending && again.error == nil && again.completed == nil && again.version > cancelled.version)
            await #expect(throws: JobError.cannotRetry(state: .pending)) { try await store.retry(id) }
            await #expect(throws: JobError.notFound) { try await store.cancel(id + 1) }
            #expect(try await store.events(of: id).map(\.event) == ["cancelled", "retried"])
        }
    }

    @Test(arguments: TestDatabase.allCases) func theNewestOfEachSubjectIsFound(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let jobs = try await store.submit(["a", "b", "a"].map { JobRequest(kind: "k", subject: $0) } + [JobRequest(kind: "other", subject: "b")])
            let newest = try await store.newest("k", of: ["a", "b", "c"])
            #expect(newest == ["a": jobs[2], "b": jobs[1]])
            #expect(try await store.newest("k", of: []).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases) func oldOnesAreForgotten(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let jobs = try await store.submit((0..<3).map { _ in JobRequest(kind: "k") })
            _ = try await store.cancel(jobs[0].id)
            #expect(try await store.prune(endedBefore: Date(timeIntervalSinceNow: -60)) == 0)
            #expect(try await store.prune(endedBefore: Date(timeIntervalSinceNow: 60)) == 1)
            #expect(try await store.jobs(JobQuery()).count == 2)
            #expect(try await store.events(of: jobs[0].id).isEmpty)
        }
    }

    /// Workers of several processes claim at once: each job goes to one of them, the urgent ones first.
    @Test(arguments: TestDatabase.allCases) func eachJobIsClaimedOnce(_ kind: TestDatabase) async throws {
        try await kind.runShared { open in
            let store = try await JobStore(try await open())
            _ = try await store.submit((0..<200).map { JobRequest(kind: $0 % 10 == 0 ? "unknown" : "k", priority: $0 % 3) })
            let claimed = try await withThrowingTaskGroup(of: [Job].self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        let store = try await JobStore(try await open())
                        var mine: [Job] = []
                        while true {
                            let jobs = try await store.claim(["k"], worker: "w\(worker)", lease: .seconds(60), limit: 3)
                            #expect(jobs.map(\.priority) == jobs.map(\.priority).sorted(by: >))
                            if jobs.isEmpty { return mine }
                            mine += jobs
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 180 && Set(claimed.map(\.id)).count == 180)
            #expect(claimed.allSatisfy { $0.state == .processing && $0.attempt == 1 && $0.started != nil })
            #expect(try await store.counts() == [.processing: 180, .pending: 20])
        }
    }
}
