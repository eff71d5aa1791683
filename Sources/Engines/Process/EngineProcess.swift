import AsyncHTTPClient
import Foundation
import Foundations
import Logging
import NIOCore

/// Keeps one child process up: starts it on a loopback port with a random key, probes it until it is ready, restarts
/// it with growing waits when it ends by itself, gives up when it ends too often, and stops it with its whole group.
/// The kernel kills the child when we die, however that happens.
///
///     let process = EngineProcess(program, client: httpClient, logger: logger)
///     let address = try await process.start(by: .after(.seconds(60)))
///     …
///     await process.stop()
public actor EngineProcess {
    public nonisolated let program: EngineProgram

    private let client: HTTPClient
    private let logger: Logger
    private let log: LogRing
    private var supervisor: SupervisorState
    private var child: ChildProcess?
    private var address: EngineAddress?
    private var probe: Task<Void, Never>?
    private var launchedAt = ContinuousClock.now
    /// How long the child took to become ready the last time; `nil` before it was.
    public private(set) var startTook: Duration?
    /// The attempt whose end was reported last; it may come before the report that it was started.
    private var endedAttempt: Int?
    private var subscribers: [UUID: AsyncStream<EngineState>.Continuation] = [:]
    private var published = EngineState.stopped

    /// - Parameter client: only used for the readiness probe.
    public init(_ program: EngineProgram, client: HTTPClient, logger: Logger) {
        self.program = program
        self.client = client
        self.logger = logger
        log = LogRing(maxLines: program.logLines)
        supervisor = SupervisorState(policy: program.policy)
    }

    public var state: EngineState { published }

    /// The child's id while it runs.
    public var processID: Int32? { child?.pid }

    /// Bytes of memory the child holds (resident set).
    public var residentBytes: Int? { child?.residentBytes }

    /// The last lines the child wrote, oldest first; kept over restarts. For the operator only.
    public var recentLog: [String] { log.lines }

    /// The present state and each change from here on. A slow reader misses changes in between, never the last.
    public func states() -> AsyncStream<EngineState> {
        let id = UUID()
        let (stream, continuation) = AsyncStream.makeStream(
            of: EngineState.self, bufferingPolicy: .bufferingNewest(8))
        subscribers[id] = continuation
        continuation.yield(published)
        continuation.onTermination = { _ in Task { await self.unsubscribe(id) } }
        return stream
    }

    /// Starts the child if it isn't up, also after it failed, and waits until it is ready. Crashes on the way are
    /// retried as the policy says.
    /// - Throws: `EndpointError.startFailed` when it stays down, `.stopped` when it is stopped meanwhile,
    ///   `DeadlineExceeded`, `CancellationError`. The child goes on starting in the last two cases.
    @discardableResult
    public func start(by deadline: Deadline) async throws -> EngineAddress {
        try await noticeEnd(by: deadline)
        perform(supervisor.start())
        return try await becomeReady(by: deadline)
    }

    /// Where the child listens now: starts it when it is stopped, waits while it starts or restarts. Unlike `start`, it
    /// leaves a child that failed alone, so that requests can't keep a crash loop going.
    /// - Throws: as `start`.
    public func address(by deadline: Deadline) async throws -> EngineAddress {
        try await noticeEnd(by: deadline)
        if case .failed(let reason) = published {
            throw EndpointError.startFailed(name: program.name, reason: reason)
        }
        perform(supervisor.start())
        return try await becomeReady(by: deadline)
    }

    /// A child's connections break a moment before its end is reported; a caller who comes back within that moment must
    /// not be sent to the dead one again. So a child that refuses to talk gets a second to be reported.
    private func noticeEnd(by deadline: Deadline) async throws {
        guard case .ready(let address) = published, await !accepts(address) else { return }
        let changes = states()
        _ = try? await withDeadline(deadline.capped(at: .seconds(1)), waitingFor: "the engine's end") {
            for await state in changes where state != .ready(address) { return }
        }
        try Task.checkCancellation()
    }

    /// Whether anybody takes a connection there. A busy child may be slow to answer: only a refusal counts.
    private func accepts(_ address: EngineAddress) async -> Bool {
        do {
            _ = try await client.execute(probeRequest(address), timeout: .seconds(1))
            return true
        } catch let error as HTTPClientError {
            return error == .deadlineExceeded || error == .readTimeout
        } catch {
            return false
        }
    }

    private func becomeReady(by deadline: Deadline) async throws -> EngineAddress {
        let changes = states()
        let name = program.name
        return try await withDeadline(deadline, waitingFor: "the \(name) engine to start") {
            for await state in changes {
                switch state {
                case .ready(let address): return address
                case .failed(let reason): throw EndpointError.startFailed(name: name, reason: reason)
                case .stopped: throw EndpointError.stopped(name: name)
                case .starting, .restarting, .stopping: continue
                }
            }
            throw CancellationError()
        }
    }

    /// Stops the child: SIGTERM, then SIGKILL to its group after the policy's grace. Returns when it has ended.
    public func stop() async {
        perform(supervisor.stop())
        // In a task of its own, as a stream ends at once for a cancelled one: who cleans up after Ctrl-C still waits for the
        // child's end. The grace bounds the wait.
        await Task {
            for await state in states() {
                switch state {
                case .stopped, .failed: return
                default: continue
                }
            }
        }.value
    }

    /// Ends the child and starts it again, at once and without counting it as a crash. Whoever asks for its address meanwhile waits.
    /// Does nothing when it isn't up; a `stop` on the way wins.
    public func restart() {
        guard case .ready = published else { return }
        perform(supervisor.stop())
        perform(supervisor.start())
    }

    /// Kills every child of this process at once, without a grace: the last act before the process ends.
    public nonisolated static func killAll() { ChildProcess.killAll() }

    private func unsubscribe(_ id: UUID) { subscribers[id] = nil }

    private func perform(_ actions: [SupervisorState.Action]) {
        for action in actions {
            switch action {
            case .launch(let attempt):
                launch(attempt)
            case .terminate(let attempt, let grace):
                child?.signal(SIGTERM)
                after(grace) { await $0.graceElapsed(attempt) }
            case .kill:
                child?.signal(SIGKILL)
            case .wait(let attempt, let delay):
                after(delay) { await $0.backoffElapsed(attempt) }
            }
        }
        publish()
    }

    private func publish() {
        let state: EngineState =
            switch supervisor.phase {
            case .stopped: .stopped
            case .starting: .starting
            case .ready: address.map(EngineState.ready) ?? .starting
            case .stopping: .stopping
            case .backingOff: .restarting
            case .failed(let reason): .failed(reason: reason)
            }
        guard state != published else { return }
        published = state
        for continuation in subscribers.values { continuation.yield(state) }
    }

    private func after(_ delay: Duration, _ body: @escaping @Sendable (EngineProcess) async -> Void) {
        Task { [weak self] in
            try? await Task.sleep(for: delay)
            if let self { await body(self) }
        }
    }

    private func graceElapsed(_ attempt: Int) { perform(supervisor.graceElapsed(attempt: attempt)) }
    private func backoffElapsed(_ attempt: Int) { perform(supervisor.backoffElapsed(attempt: attempt)) }

    private func launch(_ attempt: Int) {
        guard let port = LoopbackPort.free() else {
            launchFailed(attempt, reason: "No loopback port is free.", isPermanent: false)
            return
        }
        let address = EngineAddress(port: port, apiKey: SecretText.random())
        self.address = address
        let environment = EngineProgram.inheritedEnvironment()
            .merging(program.environment(address)) { _, own in own }
        let program = program
        let log = log
        log.append("\n\(Self.mark(attempt))\n".utf8)
        launchedAt = .now
        Task {
            do {
                let child = try await ChildProcess.launch(
                    executable: program.executable.path, arguments: program.arguments(address),
                    environment: environment, directory: program.directory?.path, log: log,
                    onOutput: program.onOutput
                ) { status in
                    Task { await self.exited(attempt, status) }
                }
                self.launched(attempt, child, address)
            } catch let failure as LaunchFailure {
                self.launchFailed(
                    attempt, reason: "The program couldn't be run.", isPermanent: failure.isPermanent)
            } catch {
                self.launchFailed(attempt, reason: "The program couldn't be run.", isPermanent: true)
            }
        }
    }

    private func launched(_ attempt: Int, _ child: ChildProcess, _ address: EngineAddress) {
        // It may have ended already, or been asked to end while it was being started.
        if endedAttempt == attempt { return }
        self.child = child
        logger.info("engine started", metadata: ["engine": "\(program.name)", "pid": "\(child.pid)"])
        guard supervisor.phase == .starting(attempt: attempt) else {
            child.signal(SIGKILL)
            return
        }
        probe = Task { await self.probeUntilReady(attempt, address) }
    }

    private func launchFailed(_ attempt: Int, reason: String, isPermanent: Bool) {
        logger.error("engine not started", metadata: ["engine": "\(program.name)", "reason": "\(reason)"])
        perform(
            supervisor.launchFailed(
                attempt: attempt, reason: reason, isPermanent: isPermanent, at: .now, jitter: .random(in: 0..<1)))
    }

    private func exited(_ attempt: Int, _ status: ExitStatus) {
        endedAttempt = attempt
        probe?.cancel()
        probe = nil
        child = nil
        let lines = log.lines
        let own = lines.suffix(from: lines.lastIndex(of: Self.mark(attempt)) ?? lines.startIndex)
        // What a child wrote while it worked says nothing about whether it can start again.
        let diagnosis =
            supervisor.phase == .starting(attempt: attempt) ? program.diagnose(Array(own.suffix(60)), status) : nil
        let reason = diagnosis?.reason ?? "It ended with \(status)."
        if case .stopping(_, nil, _) = supervisor.phase {
            logger.info("engine stopped", metadata: ["engine": "\(program.name)"])
        } else {
            logger.error(
                "engine ended",
                metadata: [
                    "engine": "\(program.name)", "status": "\(status)",
                    "log": "\(own.suffix(12).joined(separator: " | "))",
                ])
        }
        perform(
            supervisor.exited(
                attempt: attempt, reason: reason, isPermanent: diagnosis?.isPermanent ?? false, at: .now,
                jitter: .random(in: 0..<1)))
    }

    /// Ends when the child is ready, when the time is up, or by cancellation when the child has ended.
    private func probeUntilReady(_ attempt: Int, _ address: EngineAddress) async {
        let deadline = Deadline.after(program.policy.startTimeout)
        while !deadline.isPast, !Task.isCancelled {
            let response = try? await client.execute(probeRequest(address), timeout: .seconds(2))
            if response?.status == .ok, !Task.isCancelled {
                switch portOwnership(address) {
                case .own:
                    startTook = .now - launchedAt
                    return perform(supervisor.becameReady(attempt: attempt, at: .now))
                case .shared:
                    logger.error("engine shares its port", metadata: ["engine": "\(program.name)", "port": "\(address.port)"])
                    child?.signal(SIGKILL)
                    return
                // Somebody else answered, while the child is still on its way there.
                case .none: break
                }
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
        if !Task.isCancelled { perform(supervisor.startTimedOut(attempt: attempt)) }
    }

    private func portOwnership(_ address: EngineAddress) -> PortOwnership {
        guard program.mustOwnPort, let child else { return .own }
        return PortOwnership.of(port: address.port, by: child.pid)
    }

    private func probeRequest(_ address: EngineAddress) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.baseURL + program.readinessPath)
        request.headers.add(name: "authorization", value: "Bearer \(address.apiKey)")
        return request
    }

    /// Parts the log lines of one start from the next.
    private static func mark(_ attempt: Int) -> String { "martlet: start \(attempt)" }
}
