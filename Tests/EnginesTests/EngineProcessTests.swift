import CProcess
import Engines
import Foundation
import Foundations
import Synchronization
import Testing

/// The supervisor with real children: a small HTTP server in Python, and shell scripts that misbehave.
@Suite struct EngineProcessTests {
    private func program(_ script: String, name: String = "peer") -> EngineProgram {
        var program = EngineProgram(name: name, executable: URL(fileURLWithPath: "/bin/sh")) { address in
            ["-c", script, "sh", String(address.port)]
        }
        program.environment = { ["PEER_KEY": $0.apiKey] }
        program.policy.initialDelay = .milliseconds(10)
        program.policy.crashLimit = 3
        program.policy.stopGrace = .milliseconds(300)
        return program
    }

    private let server = #"""
        exec python3 -c '
        import http.server, sys
        class Peer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
            def log_message(self, *a): pass
        print("peer is up", flush=True)
        http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Peer).serve_forever()' "$1"
        """#

    private func process(_ program: EngineProgram) -> EngineProcess {
        EngineProcess(program, client: EngineFixtures.http, logger: EngineFixtures.logger)
    }

    @Test func startsServesAndStops() async throws {
        let process = process(program(server))
        let address = try await process.start(by: .after(.seconds(30)))
        #expect(address.apiKey.count == 64)
        #expect(await process.state == .ready(address))
        #expect(await process.recentLog.contains("peer is up"))
        #expect(try #require(await process.residentBytes) > 1 << 20)
        let pid = try #require(await process.processID)
        await process.stop()
        #expect(await process.state == .stopped)
        #expect(!EngineFixtures.isAlive(pid))
        #expect(await process.residentBytes == nil)
        // And again, with another key.
        let second = try await process.start(by: .after(.seconds(30)))
        #expect(second.apiKey != address.apiKey)
        await process.stop()
    }

    @Test func cancelledCallerStillWaitsForTheEnd() async throws {
        let process = process(program(server))
        _ = try await process.start(by: .after(.seconds(30)))
        let pid = try #require(await process.processID)
        let stopping = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await process.stop()
        }
        await stopping.value
        #expect(await process.state == .stopped)
        #expect(!EngineFixtures.isAlive(pid))
    }

    @Test func killedChildComesBackByItself() async throws {
        let process = process(program(server))
        let first = try await process.start(by: .after(.seconds(30)))
        let pid = try #require(await process.processID)
        kill(pid, SIGKILL)
        let isBack = try await EngineFixtures.eventually {
            if case .ready(let address) = await process.state { address != first } else { false }
        }
        #expect(isBack)
        #expect(await process.processID != pid)
        await process.stop()
    }

    @Test func crashLoopEndsWithItsReason() async throws {
        let process = process(program("echo broken >&2; exit 7"))
        let report = await EngineFixtures.report { _ = try await process.start(by: .after(.seconds(30))) }
        #expect(report?.code == "engine_start_failed")
        #expect(report?.kind == .unavailable)
        #expect(report?.message.contains("exit code 7") == true)
        #expect(report?.message.contains("broken") == false)
        #expect(await process.recentLog.filter { $0 == "broken" }.count == 3)
        #expect(await process.state == .failed(reason: "It ended with exit code 7."))
        // A request doesn't bring it back.
        let second = await EngineFixtures.report { _ = try await process.address(by: .after(.seconds(30))) }
        #expect(second == report)
        #expect(await process.recentLog.filter { $0 == "broken" }.count == 3)
        await process.stop()
    }

    @Test func missingProgramFailsAtOnce() async throws {
        let program = EngineProgram(name: "gone", executable: URL(fileURLWithPath: "/nonexistent/program")) { _ in [] }
        let process = process(program)
        let report = await EngineFixtures.report { _ = try await process.start(by: .after(.seconds(30))) }
        #expect(report?.code == "engine_start_failed")
        #expect(report?.message.contains("nonexistent") == false)
    }

    @Test func childThatIsNeverReadyIsGivenUp() async throws {
        var program = program("exec sleep 600")
        program.policy.startTimeout = .milliseconds(200)
        program.policy.crashLimit = 1
        let process = process(program)
        let report = await EngineFixtures.report { _ = try await process.start(by: .after(.seconds(30))) }
        #expect(report?.message.contains("wasn't ready in time") == true)
    }

    @Test func waitingForAStartHasADeadline() async throws {
        let process = process(program("exec sleep 600"))
        let report = await EngineFixtures.report { _ = try await process.start(by: .after(.milliseconds(100))) }
        #expect(report?.kind == .timeout)
        await process.stop()
        #expect(await process.state == .stopped)
    }

    @Test func stopKillsTheWholeGroupEvenWhenItIgnoresTheSignal() async throws {
        let marker = "97531.\(ProcessInfo.processInfo.processIdentifier)"
        let process = process(program("trap '' TERM; sleep \(marker) & echo grandchild $!; wait; sleep 600"))
        let starting = Task { try await process.start(by: .after(.seconds(30))) }
        let pid = Mutex<Int32?>(nil)
        let isThere = try await EngineFixtures.eventually {
            for line in await process.recentLog where line.hasPrefix("grandchild ") {
                pid.withLock { $0 = Int32(line.dropFirst(11)) }
                return true
            }
            return false
        }
        #expect(isThere)
        let grandchild = try #require(pid.withLock { $0 })
        #expect(EngineFixtures.isAlive(grandchild))
        await process.stop()
        let isGone = try await EngineFixtures.eventually { !EngineFixtures.isAlive(grandchild) }
        #expect(isGone)
        await #expect(throws: EndpointError.stopped(name: "peer")) { try await starting.value }
    }

    @Test func outputIsBoundedAndNeverBlocksTheChild() async throws {
        var program = program("seq 1 200000; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end; exit 3")
        program.policy.crashLimit = 1
        program.logLines = 50
        let process = process(program)
        _ = await EngineFixtures.report { _ = try await process.start(by: .after(.seconds(60))) }
        let log = await process.recentLog
        #expect(log.count == 50)
        #expect(log.last == "end")
        #expect(log.allSatisfy { $0.utf8.count <= 2048 })
    }

    @Test func childGetsNoDescriptorsInputOrForeignVariables() async throws {
        setenv("MARTLET_TEST_SECRET", "tell-nobody", 1)
        var program = program("ls /proc/self/fd | tr '\\n' ' '; echo; env; read line || echo no input; exit 3")
        program.policy.crashLimit = 1
        let process = process(program)
        _ = await EngineFixtures.report { _ = try await process.start(by: .after(.seconds(30))) }
        let log = await process.recentLog
        // 3 is the listing's own.
        #expect(log.contains("0 1 2 3 "))
        #expect(log.contains("no input"))
        #expect(log.contains { $0.hasPrefix("PEER_KEY=") })
        #expect(!log.contains { $0.contains("tell-nobody") })
    }

    @Test func statesAreTold() async throws {
        let process = process(program(server))
        let states = await process.states()
        let collecting = Task {
            var seen: [String] = []
            for await state in states {
                switch state {
                case .ready: seen.append("ready")
                default: seen.append("\(state)")
                }
                if seen.count > 1, state == .stopped { break }
            }
            return seen
        }
        _ = try await process.start(by: .after(.seconds(30)))
        await process.stop()
        #expect(await collecting.value == ["stopped", "starting", "ready", "stopping", "stopped"])
    }

    /// A parent that is killed with SIGKILL can't clean up: the kernel has to. The parent here is a program of its
    /// own around the same C code.
    @Test func noOrphanRemainsWhenTheParentIsKilled() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-orphan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "parent.c")
        try #"""
        #include "CProcess.h"
        #include <stdio.h>
        #include <unistd.h>
        int main(void) {
            char *arguments[] = {"sleep", "86421", NULL}, *environment[] = {NULL};
            martlet_child child = {"/bin/sleep", arguments, environment, NULL};
            martlet_child_started started;
            if (martlet_child_start(&child, &started) != 0) return 1;
            printf("%d\n", (int)started.pid);
            fflush(stdout);
            for (;;) pause();
        }
        """#.write(to: source, atomically: true, encoding: .utf8)
        let sources = EngineFixtures.repository.appending(path: "Sources/CProcess")
        let parent = folder.appending(path: "parent")
        let compiled = try await EngineFixtures.run(
            "clang",
            [
                "-I", sources.appending(path: "include").path, source.path,
                sources.appending(path: "CProcess.c").path, "-o", parent.path,
            ])
        try #require(compiled.status == 0, "\(compiled.output)")

        let process = Process()
        process.executableURL = parent
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        let child = try #require(Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(EngineFixtures.isAlive(child))
        kill(process.processIdentifier, SIGKILL)
        let isGone = try await EngineFixtures.eventually { !EngineFixtures.isAlive(child) }
        #expect(isGone)
    }
}
