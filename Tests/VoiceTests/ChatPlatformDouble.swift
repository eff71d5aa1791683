import Foundation
import Foundations
import Jobs
import Synchronization
import Voice

/// A chat platform as its users see it. It outlives the processes that talk to it.
final class ChatPlatformDouble: Sendable {
    struct Shown: Sendable, Equatable {
        var id: String
        var text: String
        var isVoice = false
        var isDeleted = false
        var edits: [String] = []
        var replyTo: String?
    }

    struct State: Sendable {
        var messages: [Shown] = []
        var nonces: [String: String] = [:]
        var activities: [ChatActivity] = []
        var fetches = 0
        var voices: [VoiceNote] = []
    }

    let state = Mutex(State())

    var messages: [Shown] { state.withLock { $0.messages.filter { !$0.isDeleted } } }
    var texts: [String] { messages.filter { !$0.isVoice }.map(\.text) }
    var voices: Int { messages.filter(\.isVoice).count }
}

/// A process's way to the platform. It can break at a call, before or after the platform has done it, and the process is dead then.
final class ChatPortDouble: ChatPort {
    struct Crash: Sendable {
        /// Counted from 1.
        var call: Int
        var isDone: Bool
        /// Ends the process for the database too.
        var kill: @Sendable () async -> Void = {}
    }

    struct Life: Sendable {
        var calls: [String] = []
        var crash: Crash?
        var isDead = false
        /// What the next calls of a kind fail with, and whether they are done all the same.
        var faults: [(kind: String, error: ChatPortError, isDone: Bool)] = []
        /// Waits at calls of these kinds, until cancelled.
        var hanging: Set<String> = []
    }

    let platform: ChatPlatform
    let world: ChatPlatformDouble
    let maxTextUnits: Int
    let maxCaptionUnits = 0
    let editInterval: Duration
    let nonceLifetime: Duration
    let life = Mutex(Life())

    init(
        _ world: ChatPlatformDouble, platform: ChatPlatform = .telegram, limit: Int = 4096, editInterval: Duration = .seconds(60),
        nonceLifetime: Duration = .zero, crash: Crash? = nil
    ) {
        self.world = world
        self.platform = platform
        maxTextUnits = limit
        self.editInterval = editInterval
        self.nonceLifetime = nonceLifetime
        life.withLock { $0.crash = crash }
    }

    var calls: [String] { life.withLock { $0.calls } }

    func fail(_ kind: String, _ error: ChatPortError, times: Int = 1, isDone: Bool = false) {
        life.withLock { $0.faults += Array(repeating: (kind, error, isDone), count: times) }
    }

    private enum Step { case work, dead, crash(ChatPortDouble.Crash), fault(ChatPortError, isDone: Bool), hang }

    private func call<T: Sendable>(_ kind: String, _ effect: (inout ChatPlatformDouble.State) throws -> T) async throws -> T {
        let step = life.withLock { life -> Step in
            if life.isDead { return .dead }
            life.calls.append(kind)
            if life.hanging.contains(kind) { return .hang }
            if let crash = life.crash, crash.call == life.calls.count {
                life.isDead = true
                return .crash(crash)
            }
            if let index = life.faults.firstIndex(where: { $0.kind == kind }) {
                let fault = life.faults.remove(at: index)
                return .fault(fault.error, isDone: fault.isDone)
            }
            return .work
        }
        switch step {
        case .work: return try world.state.withLock { try effect(&$0) }
        case .dead: throw CancellationError()
        case .crash(let crash):
            if crash.isDone { _ = try? world.state.withLock { try effect(&$0) } }
            await crash.kill()
            throw CancellationError()
        case .fault(let error, let isDone):
            if isDone { _ = try? world.state.withLock { try effect(&$0) } }
            throw error
        case .hang:
            try await Task.sleep(for: .seconds(60))
            throw ChatPortError.unavailable
        }
    }

    func send(_ markdown: String, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String {
        precondition(markdown.utf16.count <= maxTextUnits)
        return try await call("send") { $0.add(.init(id: "", text: markdown, replyTo: message), nonceLifetime > .zero ? nonce : nil) }
    }

    func sendVoice(_ voice: VoiceNote, caption: String?, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String {
        try await call("voice") {
            $0.voices.append(voice)
            return $0.add(.init(id: "", text: caption ?? "", isVoice: true, replyTo: message), nonceLifetime > .zero ? nonce : nil)
        }
    }

    func edit(_ message: String, in chat: String, to markdown: String) async throws {
        precondition(markdown.utf16.count <= maxTextUnits)
        try await call("edit") { state in
            guard let place = state.messages.firstIndex(where: { $0.id == message && !$0.isDeleted }) else { throw ChatPortError.refused(code: 400) }
            state.messages[place].text = markdown
            state.messages[place].edits.append(markdown)
        }
    }

    func delete(_ message: String, in chat: String) async throws {
        try await call("delete") { state in
            if let place = state.messages.firstIndex(where: { $0.id == message }) { state.messages[place].isDeleted = true }
        }
    }

    func show(_ activity: ChatActivity, in chat: String) async throws { try await call("show") { $0.activities.append(activity) } }

    func fetch(_ attachment: BotMessage.Attachment, into file: URL, maxBytes: Int) async throws {
        try await call("fetch") { $0.fetches += 1 }
        try Data("sound".utf8).write(to: file)
    }
}

extension ChatPlatformDouble.State {
    fileprivate mutating func add(_ message: ChatPlatformDouble.Shown, _ nonce: String?) -> String {
        if let nonce, let id = nonces[nonce] { return id }
        var message = message
        message.id = "m\(messages.count + 1)"
        messages.append(message)
        if let nonce { nonces[nonce] = message.id }
        return message.id
    }
}
