import Foundation
import Foundations
import Jobs

/// Does the turns of bot conversations: each is a job, and those of one chat go one after the other.
public struct ChatTurnHandler: JobHandler {
    let desk: ChatDesk

    public var kind: String { ChatTurn.kind }

    public func run(_ run: JobRun) async throws -> JobOutcome {
        guard let turn = ChatTurn(json: run.job.payload) else {
            throw ErrorReport(.internal, code: "turn_unreadable", "The turn was written by another version and can't be read.")
        }
        guard let port = desk.ports[turn.message.platform] else {
            throw ErrorReport(.unavailable, code: "no_bot", "No bot of this platform runs here. Check its token in the configuration.")
        }
        let attempt = try await TurnAttempt(desk, run, turn, port)
        do {
            let result = try await attempt.perform()
            await attempt.measure("answered")
            return JobOutcome(result: result)
        } catch {
            throw await attempt.failed(error)
        }
    }
}

/// One attempt at a turn.
struct TurnAttempt: Sendable {
    private let desk: ChatDesk
    private let job: Job
    private let turn: ChatTurn
    private let preferences: ChatPreferences
    private let texts: ChatTexts
    private let record: TurnRecord
    private let messenger: TurnMessenger
    private let context: RequestContext
    private let delivery: TurnDelivery

    private static let farewellTime: Duration = .seconds(10)

    init(_ desk: ChatDesk, _ run: JobRun, _ turn: ChatTurn, _ port: any ChatPort) async throws {
        self.desk = desk
        self.turn = turn
        job = run.job
        preferences = try await desk.preferences(of: turn.message)
        texts = turn.message.texts(preferences)
        record = try await TurnRecord(run)
        messenger = TurnMessenger(port: port, turn: turn, record: record, patience: desk.patience, job: run.job.id)
        // Somebody waits, unlike for most jobs.
        context = RequestContext(
            id: run.context.id, keyName: run.context.keyName, deadline: .after(desk.turnTimeout), priority: .interactive, trace: run.context.trace)
        delivery = TurnDelivery(
            desk: desk, turn: turn, preferences: preferences, texts: texts, messenger: messenger, record: record, context: context)
    }

    private var message: BotMessage { turn.message }

    func perform() async throws -> JSONValue {
        if let failure = try await failureUntold() {
            if !failure.isTold { try await tell(failure) }
            throw failure.report
        }
        switch turn.task {
        case .answer: return try await answer()
        case .speakAgain: return try await speakAgain()
        }
    }

    private func answer() async throws -> JSONValue {
        if let wish = await record.wish { return try await obey(wish) }
        let answering = TurnAnswering(
            desk: desk, turn: turn, preferences: preferences, texts: texts, messenger: messenger, record: record, context: context,
            files: VoiceFiles(desk.configuration))
        do {
            let (answer, sound) = try await answering.answer()
            let outcome = try await delivery.deliver(answer, sound)
            return [
                "outcome": "answered", "parts": .integer(outcome.parts), "is_spoken": .bool(outcome.isSpoken),
                "notes": .array(outcome.notes.map { .string($0.rawValue) }),
            ]
        } catch let wished as TurnAnswering.LanguageWished {
            return try await obey(wished.language)
        }
    }

    /// Sets the language that somebody asked for in words.
    private func obey(_ language: ChatLanguage) async throws -> JSONValue {
        let message = message
        var wanted = preferences
        wanted.language = language.code
        if await record.wish == nil {
            try await record.commit(TurnRecord.Name.wish, .string(language.code)) { [wanted] in try wanted.keep(for: message, $0) }
        }
        let texts = message.texts(wanted)
        if await !record.isShown {
            let text = texts(.languageSet, ["language": language.ownName])
            try await messenger.show(text, opening: texts(.thinking), as: TurnRecord.Name.shown, true, row: row(.status, text))
        }
        return ["outcome": "language_set", "language": .string(language.code)]
    }

    /// Speaks the newest answer once more.
    private func speakAgain() async throws -> JSONValue {
        let memory = try await desk.history.conversation(message.conversation.id, before: turn.question, limit: 2)
        let status = try await messenger.open(texts(.speaking))
        guard let last = memory.last, last.role == .assistant else {
            try await messenger.edit(status, to: texts(.nothingToSpeak))
            return ["outcome": "nothing_to_speak"]
        }
        if let note = try await delivery.speak(TurnAnswer(text: last.text), nil) {
            try await messenger.edit(status, to: texts(note))
            return ["outcome": .string(note.rawValue)]
        }
        do {
            try await messenger.patience { try await messenger.port.delete(status, in: message.chat) }
        } catch ChatPortError.refused {
            // It stays, then.
        }
        return ["outcome": "spoken"]
    }

    private func row(_ kind: HistoryMessage.Kind, _ markdown: String) -> HistoryMessage {
        var row = HistoryMessage(.outgoing, kind, markdown, in: message.conversation)
        row.turn = turn.question
        row.formattedText = messenger.rendering.rendered(markdown)
        row.metadata = messenger.rendering.metadata(markdown, isEdit: true)
        return row
    }

    // MARK: Failing

    /// Why a turn failed for good, kept before anybody is told, so that it is told whatever happens in between.
    struct Failure: Sendable {
        var report: ErrorReport
        var text: String
        /// How often a person has asked for the job again. A failure from before doesn't count then.
        var retries: Int
        var isTold = false

        init(_ report: ErrorReport, _ text: String, retries: Int) {
            self.report = report
            self.text = text
            self.retries = retries
        }

        init?(json: JSONValue?) {
            guard let json, let kind = json["type"]?.stringValue.flatMap(ErrorKind.init), let code = json["code"]?.stringValue,
                let message = json["message"]?.stringValue, let text = json["text"]?.stringValue
            else { return nil }
            self.init(ErrorReport(kind, code: code, message), text, retries: json["retries"]?.intValue ?? 0)
            isTold = json["told"]?.boolValue ?? false
        }

        var json: JSONValue {
            [
                "type": .string(report.kind.rawValue), "code": .string(report.code), "message": .string(report.message), "text": .string(text),
                "retries": .integer(retries), "told": .bool(isTold),
            ]
        }
    }

    /// A failure that an earlier attempt came upon, when it couldn't tell of it any more.
    private func failureUntold() async throws -> Failure? {
        guard let failure = Failure(json: await record[TurnRecord.Name.failure]) else { return nil }
        return failure.retries == (try await retries()) ? failure : nil
    }

    private func retries() async throws -> Int {
        try await desk.queue.store.events(of: job.id).count { $0.event == "retried" }
    }

    /// - Returns: what the job fails with.
    func failed(_ error: any Error) async -> any Error {
        if Task.isCancelled || error is CancellationError || error is JobError {
            await tellIfCancelled()
            return error
        }
        let report = ErrorReport(error)
        let jobs = desk.configuration.jobs
        let rule = RetryRule(base: jobs.retryBase, cap: jobs.retryCap)
        do {
            if let wait = rule.wait(after: report, attempt: job.attempt, of: job.maxAttempts, jitter: 0) {
                await tellOfWait(wait, report)
                return error
            }
            try await fail(report)
        } catch let other {
            if Task.isCancelled || other is CancellationError || other is JobError { return other }
            // The platform doesn't take it at the moment. It is told later.
            desk.logger.warning("a failure can't be told", metadata: ["job": "\(job.id)", "code": "\(ErrorReport(other).code)"])
        }
        await measure("failed")
        return error
    }

    private func fail(_ report: ErrorReport) async throws {
        if let failure = try await failureUntold() {
            if !failure.isTold { try await tell(failure) }
            return
        }
        let view = TurnView(texts, isSpoken: message.attachment != nil, heard: await record.heard?.text)
        let isHeard = message.attachment == nil ? true : await record.heard != nil
        let reason = TurnFailure(report, texts: texts, isHeard: isHeard, attachment: message.attachment)
        let failure = Failure(report, view.whole(with: texts(reason.phrase, reason.values)), retries: try await retries())
        try await record.commit(TurnRecord.Name.failure, failure.json)
        try await tell(failure)
    }

    private func tell(_ failure: Failure) async throws {
        var told = failure
        told.isTold = true
        // An answer that is there stays.
        if await record.isShown {
            try await delivery.addFailure()
            try await record.commit(TurnRecord.Name.failure, told.json)
        } else {
            try await messenger.show(
                failure.text, opening: texts(.thinking), as: TurnRecord.Name.failure, told.json, row: row(.error, failure.text))
        }
    }

    private func tellOfWait(_ wait: Duration, _ report: ErrorReport) async {
        guard let status = await record.status, await !record.isShown, !report.code.hasPrefix("platform_") else { return }
        // A courtesy.
        try? await messenger.port.edit(status, in: message.chat, to: texts(.again, ["wait": texts.time(wait / .seconds(1))]))
    }

    /// Says that a turn was stopped. The task is cancelled by then, so this is done beside it.
    private func tellIfCancelled() async {
        let stopped = Task { [self] in
            guard try await desk.queue.store.job(job.id).state == .cancelled else { return }
            await measure("cancelled")
            guard let status = await record.status, await !record.isShown else { return }
            try await withDeadline(.after(Self.farewellTime), waitingFor: "the platform") {
                try await messenger.port.edit(status, in: message.chat, to: texts(.cancelled))
            }
        }
        // Whether people see it or not, the turn is over.
        _ = try? await stopped.value
    }

    func measure(_ outcome: String) async {
        let platform = message.platform.rawValue
        await desk.metrics?.increment(
            "martlet_bot_turns_total", "Turns of bot conversations that ended, by how.", [("platform", platform), ("outcome", outcome)])
        await desk.metrics?.observe(
            "martlet_bot_turn_seconds", "Time from a message to the end of its turn.", [("platform", platform)],
            max(0, Date().timeIntervalSince(job.created)))
    }
}
