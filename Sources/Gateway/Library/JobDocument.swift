import Foundation
import Foundations
import Jobs

/// A job as routes and commands show it.
public enum JobDocument {
    public static func json(_ job: Job) -> JSONValue {
        let progress = job.progress
        return [
            "id": .integer(Int(job.id)), "kind": .string(job.kind), "video_path": orNull(job.subject ?? job.result?["video_path"]?.stringValue),
            "status": .string(job.state.rawValue),
            "progress": .integer(job.state == .completed ? 100 : min(99, Int((progress.fraction * 100).rounded(.down)))),
            "stage": orNull(progress.stage), "done": .number(progress.done), "total": orNull(progress.total), "unit": orNull(progress.unit),
            "rate": orNull(progress.rate), "eta_seconds": orNull(progress.remaining), "created_at": time(job.created),
            "started_at": job.started.map(time) ?? .null, "completed_at": job.completed.map(time) ?? .null,
            "error": orNull(job.error?.message), "error_code": orNull(job.error?.code),
            "error_details": job.error.map { .object($0.details) } ?? .null, "attempt": .integer(job.attempt),
            "max_attempts": .integer(job.maxAttempts), "retry_at": job.state == .retrying ? time(job.available) : .null,
            "priority": .integer(job.priority), "batch": orNull(job.batch), "parent": job.parent.map { .integer(Int($0)) } ?? .null,
            "result": job.result ?? .null,
        ]
    }

    /// UTC, without a zone, as the API that this one replaces writes it.
    public static func time(_ date: Date) -> JSONValue {
        let microseconds = date.microseconds
        let whole = Date(timeIntervalSince1970: Double(microseconds / 1_000_000))
        let fraction = String(microseconds % 1_000_000)
        return .string(whole.formatted(.iso8601).dropLast() + "." + String(repeating: "0", count: 6 - fraction.count) + fraction)
    }

    private static func orNull(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    private static func orNull(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }
}
