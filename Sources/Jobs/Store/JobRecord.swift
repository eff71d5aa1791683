import Foundation
import Foundations

/// Jobs as rows.
extension Job {
    static let columns = """
        id, kind, state, payload, subject, owner, priority, batch, parent, attempt, max_attempts, created_at, available_at, \
        started_at, completed_at, fence, stage, done, total, unit, fraction, rate, remaining, result, error, version
        """

    init(_ row: SQLRow) throws {
        guard let id = row.integer("id"), let kind = row.text("kind"), let state = row.text("state").flatMap(JobState.init),
            let created = Date(microseconds: row.integer("created_at")), let available = Date(microseconds: row.integer("available_at"))
        else { throw DatabaseError.failed(detail: "a row of jobs can't be read") }
        self.init(
            id: id, kind: kind, state: state, payload: row.json("payload") ?? .null, subject: row.text("subject"),
            owner: row.text("owner") ?? "", priority: row.int("priority") ?? 0, batch: row.text("batch"),
            parent: row.integer("parent"), attempt: row.int("attempt") ?? 0, maxAttempts: row.int("max_attempts") ?? 1,
            created: created, started: Date(microseconds: row.integer("started_at")),
            completed: Date(microseconds: row.integer("completed_at")), available: available,
            progress: JobProgress(
                stage: row.text("stage"), done: row.double("done") ?? 0, total: row.double("total"), unit: row.text("unit"),
                fraction: row.double("fraction") ?? 0, rate: row.double("rate"), remaining: row.double("remaining")),
            result: row.json("result"), error: row.json("error").flatMap(ErrorReport.init(stored:)),
            version: row.integer("version") ?? 0, fence: row.integer("fence") ?? 0)
    }
}

extension SQLRow {
    public func json(_ column: String) -> JSONValue? {
        text(column).flatMap { try? JSONValue(parsing: Data($0.utf8)) }
    }

    public func date(_ column: String) -> Date? { Date(microseconds: integer(column)) }
}

extension SQLValue {
    public static func json(_ value: JSONValue) -> SQLValue { .text(String(decoding: value.encoded(), as: UTF8.self)) }
    public static func date(_ value: Date) -> SQLValue { .integer(value.microseconds) }
}

extension Date {
    public init?(microseconds: Int64?) {
        guard let microseconds else { return nil }
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
    }

    public var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }
}

extension ErrorReport {
    /// As it is kept with a job: as callers see it.
    var stored: JSONValue { envelope(requestID: nil)["error"] ?? .null }

    init?(stored value: JSONValue) {
        guard let kind = value["type"]?.stringValue.flatMap(ErrorKind.init), let code = value["code"]?.stringValue,
            let message = value["message"]?.stringValue
        else { return nil }
        self.init(kind, code: code, message, param: value["param"]?.stringValue, details: value["details"]?.objectValue ?? [:])
    }
}
