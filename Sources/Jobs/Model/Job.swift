import Foundation
import Foundations

/// A durable, asynchronous run of a pipeline.
public struct Job: Sendable, Equatable, Identifiable {
    public var id: Int64
    /// Which handler runs it.
    public var kind: String
    public var state: JobState
    /// What the handler needs to know, as it was asked for.
    public var payload: JSONValue
    /// What it is about, such as a video's path. With `isExclusive`, one job of a kind and subject waits or runs at a time; with
    /// `isSerial`, one runs at a time, in the order in which they came.
    public var subject: String?
    /// The name of the caller's key.
    public var owner: String
    /// Higher ones go first.
    public var priority: Int
    public var batch: String?
    public var parent: Int64?
    /// Attempts so far, the present one included. Those that a worker gave back or died in don't count.
    public var attempt: Int
    public var maxAttempts: Int
    public var created: Date
    public var started: Date?
    public var completed: Date?
    /// When the next attempt may begin.
    public var available: Date
    public var progress: JobProgress
    public var result: JSONValue?
    public var error: ErrorReport?
    /// Grows with each change.
    public var version: Int64
    /// Tells apart the workers that had the job one after the other: only the newest one's writes count.
    var fence: Int64
}

/// How far a job has come.
public struct JobProgress: Sendable, Equatable {
    public var stage: String?
    public var done: Double
    public var total: Double?
    public var unit: String?
    /// Of the whole job, 0 to 1. Never goes back.
    public var fraction: Double
    /// Units per second in this attempt.
    public var rate: Double?
    /// Seconds that are left at this rate.
    public var remaining: Double?

    public init(
        stage: String? = nil, done: Double = 0, total: Double? = nil, unit: String? = nil, fraction: Double = 0,
        rate: Double? = nil, remaining: Double? = nil
    ) {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.fraction = fraction
        self.rate = rate
        self.remaining = remaining
    }
}

/// A job to be done.
public struct JobRequest: Sendable {
    public var kind: String
    public var payload: JSONValue
    public var subject: String?
    /// Refused while another job of its kind and subject waits or runs.
    public var isExclusive: Bool
    /// Waits until every older serial job of its kind and subject is over, also for those that are to be tried again.
    public var isSerial: Bool
    public var owner: String
    public var priority: Int
    public var batch: String?
    public var parent: Int64?
    public var maxAttempts: Int
    /// Asked for again with the same key, the job from the first time is given; keys are an owner's own.
    public var idempotencyKey: String?

    public init(
        kind: String, payload: JSONValue = .object([:]), subject: String? = nil, isExclusive: Bool = false, isSerial: Bool = false,
        owner: String = "local", priority: Int = 0, batch: String? = nil, parent: Int64? = nil, maxAttempts: Int = 3, idempotencyKey: String? = nil
    ) {
        self.kind = kind
        self.payload = payload
        self.subject = subject
        self.isExclusive = isExclusive
        self.isSerial = isSerial
        self.owner = owner
        self.priority = priority
        self.batch = batch
        self.parent = parent
        self.maxAttempts = maxAttempts
        self.idempotencyKey = idempotencyKey
    }
}

/// Which jobs; what is `nil` doesn't matter.
public struct JobQuery: Sendable {
    public var states: [JobState]?
    public var kind: String?
    public var subject: String?
    public var batch: String?
    public var parent: Int64?
    /// Jobs of this kind only those of this owner; all of other kinds.
    public var own: (kind: String, owner: String)?
    public var skip: Int
    public var limit: Int

    public init(
        states: [JobState]? = nil, kind: String? = nil, subject: String? = nil, batch: String? = nil, parent: Int64? = nil,
        own: (kind: String, owner: String)? = nil, skip: Int = 0, limit: Int = 100
    ) {
        self.states = states
        self.kind = kind
        self.subject = subject
        self.batch = batch
        self.parent = parent
        self.own = own
        self.skip = skip
        self.limit = limit
    }
}
