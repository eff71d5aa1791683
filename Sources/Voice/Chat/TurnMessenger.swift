import Foundation
import Foundations
import Jobs

/// Sends and edits a turn's messages so that each appears once, whatever breaks off in between.
///
/// Edits are simply made again. A message is noted down before it is sent and again after; one of which only the first is known is sent
/// again where the platform shows a nonce's message once, and left alone where it doesn't.
struct TurnMessenger: Sendable {
    let port: any ChatPort
    let turn: ChatTurn
    let record: TurnRecord
    let rendering: ChatRendering
    let patience: PortPatience
    private let job: Int64

    enum Sent: Sendable, Equatable {
        case done(message: String)
        /// It may have arrived.
        case unclear
    }

    init(port: any ChatPort, turn: ChatTurn, record: TurnRecord, patience: PortPatience, job: Int64) {
        self.port = port
        self.turn = turn
        self.record = record
        self.patience = patience
        self.job = job
        rendering = ChatRendering(port)
    }

    private var chat: String { turn.message.chat }

    // MARK: The status message

    /// Makes sure that there is a message in which people see the turn.
    /// - Parameter text: what it says at first. Where it isn't known whether it was sent, it is sent again: without it nothing could be
    ///   told, and it says nothing that matters twice.
    func open(_ text: String) async throws -> String {
        if let status = await record.status { return status }
        guard case .done(let message) = try await send(TurnRecord.Name.status, text, mayAppearTwice: true) else {
            throw ChatPortError.unanswered
        }
        return message
    }

    /// Has the status message say something for good, and notes that down together with what it changes in the database.
    /// - Parameters:
    ///   - name: the checkpoint.
    ///   - row: what the history keeps of it.
    func show(
        _ markdown: String, opening text: String, as name: String, _ value: JSONValue, row: HistoryMessage?,
        effects: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws {
        var message = try await open(text)
        do {
            try await edit(message, to: markdown)
        } catch ChatPortError.refused {
            // It is gone, or too old: another one takes its place.
            if case .done(let other) = try await send(TurnRecord.Name.substitute, markdown) { message = other }
        }
        let row = row.map { row in
            var row = row
            row.message = message
            return row
        }
        try await record.commit(name, value) { connection in
            if let row { try MessageHistory.add(row, connection) }
            try effects(connection)
        }
    }

    func edit(_ message: String, to markdown: String) async throws {
        try await patience { try await port.edit(message, in: chat, to: markdown) }
    }

    // MARK: Further messages

    /// Sends a message of text, once.
    /// - Parameter row: what the history keeps of it.
    func send(_ name: String, _ markdown: String, row: HistoryMessage? = nil, mayAppearTwice: Bool = false) async throws -> Sent {
        try await once(name, row: row, mayAppearTwice: mayAppearTwice) { nonce in
            try await port.send(markdown, to: chat, replyingTo: turn.message.message, nonce: nonce)
        }
    }

    /// Sends a voice message, once.
    func send(_ name: String, _ voice: VoiceNote, row: HistoryMessage?) async throws -> Sent {
        try await once(name, row: row, mayAppearTwice: false) { nonce in
            try await port.sendVoice(voice, caption: nil, to: chat, replyingTo: turn.message.message, nonce: nonce)
        }
    }

    private func once(
        _ name: String, row: HistoryMessage?, mayAppearTwice: Bool, _ call: (_ nonce: String) async throws -> String
    ) async throws -> Sent {
        let step = await record.step(name)
        switch step.move(at: Date(), nonceLifetime: port.nonceLifetime) {
        case .skip:
            guard case .done(let message) = step else { break }
            return .done(message: message)
        case .giveUp where !mayAppearTwice:
            if step != .unclear { try await record.commit(name, TurnStep.unclear.json) }
            return .unclear
        case .repeatSend: break
        case .send, .giveUp: try await record.commit(name, TurnStep.begun(at: Date()).json)
        }
        do {
            let message = try await patience(isRepeatable: port.nonceLifetime > .zero) { try await call("t\(job)-\(name)") }
            try await record.commit(name, TurnStep.done(message: message).json) { connection in
                guard var row else { return }
                row.message = message
                try MessageHistory.add(row, connection)
            }
            return .done(message: message)
        } catch let error as ChatPortError {
            if error.isUnclear {
                guard !mayAppearTwice else { throw error }
                try await record.commit(name, TurnStep.unclear.json)
                return .unclear
            }
            // It surely wasn't sent: whoever comes back to it may try again.
            try await record.commit(name, TurnStep.open.json)
            throw error
        }
    }

    // MARK: Activity

    private static let activityInterval: Duration = .seconds(4)

    /// Has the platform show what the bot does while it does it.
    func showing<T: Sendable>(
        _ activity: @escaping @Sendable () -> ChatActivity, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let (port, chat) = (port, chat)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    // Nobody misses one that isn't shown.
                    try? await port.show(activity(), in: chat)
                    try? await Task.sleep(for: Self.activityInterval)
                }
                return nil
            }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}
