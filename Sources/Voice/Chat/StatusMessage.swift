import Foundations
import Synchronization

/// Shows a text that keeps changing in one message, at the platform's pace.
actor StatusMessage {
    private let port: any ChatPort
    private let chat: String
    private let message: String
    private let clip: @Sendable (String) -> String
    private var pacing: EditPacing
    private var isStopped = false
    private var pause: Task<Void, Never>?
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - shown: what the message says already, since now.
    ///   - clip: makes a text fit into the message.
    init(port: any ChatPort, chat: String, message: String, shown: String?, clip: @escaping @Sendable (String) -> String) {
        self.port = port
        self.chat = chat
        self.message = message
        self.clip = clip
        pacing = EditPacing(interval: port.editInterval, shown: shown, earliest: .now + port.editInterval)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func show(_ text: String) {
        pacing.want(text)
        wake.yield()
    }

    /// Edits until `stop` is called or the task is cancelled. What an edit costs is its own matter: a turn goes on without.
    func run() async {
        for await _ in wakes {
            while !isStopped, !Task.isCancelled {
                let action = pacing.next(at: .now)
                if action == .rest { break }
                await perform(action)
            }
            if isStopped { return }
        }
    }

    /// Ends `run`, once the edit that is under way is over: none can come later than what is shown next.
    func stop() {
        isStopped = true
        pause?.cancel()
        wake.finish()
    }

    private func perform(_ action: EditPacing.Action) async {
        switch action {
        case .rest: break
        case .wait(let until):
            let pause = Task { _ = try? await Task.sleep(until: until, clock: .continuous) }
            self.pause = pause
            await withTaskCancellationHandler { await pause.value } onCancel: { pause.cancel() }
            self.pause = nil
        case .edit(let text):
            do {
                try await port.edit(message, in: chat, to: clip(text))
                pacing.finished(at: .now)
            } catch {
                pacing.failed(error as? ChatPortError, at: .now)
            }
        }
    }
}
