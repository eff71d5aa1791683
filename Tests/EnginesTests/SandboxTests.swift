import Engines
import Foundation
import Testing

@Suite(.enabled(if: Sandbox.isAvailable())) struct SandboxTests {
    private func shell(_ script: String, _ change: (inout SandboxLimits) -> Void = { _ in }, input: String = "") async throws -> SandboxResult {
        var limits = SandboxLimits()
        change(&limits)
        return try await Sandbox(limits: limits, environment: ["GREETING": "hello"]).run(["/bin/sh", "-c", script], input: Data(input.utf8))
    }

    @Test func aProgramIsFedAndHeard() async throws {
        let result = try await shell("cat; echo $GREETING >&2; exit 3", input: "words")
        #expect(result.outputText == "words" && result.errorText == "hello\n" && result.code == 3)
        #expect(result.ending == .exited && !result.succeeded && result.wallTime > .zero)
        try await Sandbox.check()
    }

    @Test func aSignalIsTold() async throws { #expect(try await shell("kill -TERM $$").code == 128 + 15) }

    @Test func aProgramCannotLookLikeWallsThatFailed() async throws {
        let result = try await shell("echo 'bwrap: no walls' >&2; exit 1")
        #expect(result.code == 1 && result.errorText == "bwrap: no walls\n" && result.outputText.isEmpty)
    }

    @Test func whatCannotBeMountedIsNoRun() async throws {
        let sandbox = Sandbox(mounts: [.init("/nonexistent/folder", at: "/data")])
        await #expect(throws: SandboxError.self) { try await sandbox.run(["/bin/true"]) }
    }

    @Test func timeIsBounded() async throws {
        let result = try await shell("sleep 60 & sleep 60") { $0.wallClock = .milliseconds(400) }
        #expect(result.ending == .timeLimit && result.wallTime < .seconds(10))
    }

    @Test func processorTimeIsBounded() async throws {
        let result = try await shell("while :; do :; done") { $0.cpu = .seconds(1) }
        #expect(result.ending == .cpuLimit && result.wallTime < .seconds(20))
    }

    @Test func filesAreBounded() async throws {
        #expect(try await shell("exec head -c 3000000 /dev/zero > /tmp/x") { $0.fileSize = 1 << 20 }.ending == .diskLimit)
        let full = try await shell("for i in 1 2 3 4; do head -c 1000000 /dev/zero > /tmp/$i || exit 7; done") { $0.scratch = 2 << 20 }
        #expect(full.code == 7 && full.errorText.contains("No space left"))
    }

    @Test func memoryAndDescriptorsAreBounded() async throws {
        let memory = try await Sandbox(limits: SandboxLimits()).run(["/usr/bin/python3", "-I", "-c", "bytearray(1 << 31)"])
        #expect(memory.errorText.contains("MemoryError"))
        #expect(try await shell("ulimit -n; ulimit -c") { $0.openFiles = 33 }.outputText == "33\n0\n")
    }

    @Test func outputIsCutAndReadToItsEnd() async throws {
        let result = try await shell("head -c 5000000 /dev/zero; echo done >&2") { $0.output = 1000 }
        #expect(result.output.count == 1000 && result.errorText == "done\n" && result.succeeded)
    }

    @Test func theMachineIsOutOfReach() async throws {
        let result = try await shell(
            """
            ls /root /home; cat /etc/passwd; echo x > /usr/x; unshare -U true && echo unshared
            grep -c : /proc/net/dev; ls /proc | grep -c '^[0-9]'; env | wc -l; grep CapEff /proc/self/status
            """)
        #expect(result.errorText.contains("Read-only file system") && !result.outputText.contains("unshared") && !result.outputText.contains("root:"))
        // The loopback device alone, itself and its few helpers, and no right.
        #expect(result.outputText.contains("CapEff:\t0000000000000000"))
        let counts = result.outputText.split(separator: "\n").compactMap { Int($0) }
        #expect(counts.count == 3 && counts[0] == 1 && counts[1] <= 6)
    }

    @Test func nothingOutlivesARun() async throws {
        let mark = "martlet-outlives-\(UUID().uuidString)"
        _ = try await shell("setsid sh -c 'sleep 300; : \(mark)' >/dev/null 2>&1 & exit 0")
        #expect(!Self.commandLines().contains { $0.contains(mark) })
    }

    @Test func aCancelledRunEndsAtOnce() async throws {
        let mark = "martlet-cancelled-\(UUID().uuidString)"
        let task = Task { try await shell("sleep 300; : \(mark)") }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        _ = try? await task.value
        // The kernel ends the inside once its outside is gone.
        for _ in 0..<100 where Self.commandLines().contains(where: { $0.contains(mark) }) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!Self.commandLines().contains { $0.contains(mark) })
    }

    @Test func manyRunsLeaveNoDescriptorsOpen() async throws {
        func open() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
        _ = try await shell(":")
        let before = open()
        for _ in 0..<40 { _ = try await shell(":") { $0.wallClock = .seconds(600) } }
        #expect(open() - before < 20)
    }

    private static func commandLines() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8) }
    }
}
