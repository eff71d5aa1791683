import Agents
import Foundation
import Testing

@Suite struct WorkspaceTests {
    private let folder: URL
    private let workspace: Workspace

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workspace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        workspace = try Workspace(folder.path)
    }

    @Test func whatIsWrittenIsRead() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await workspace.write("a/b/c.txt", "one\n")
        try await workspace.write("/workspace/a/b/c.txt", "two\n")
        #expect(try await workspace.read("a/b/c.txt") == "two\n")
        #expect(try await workspace.read(workspace.root + "/a/b/c.txt") == "two\n")
        #expect(try await workspace.items(isDeep: true).map(\.path) == ["a", "a/b", "a/b/c.txt"])
    }

    @Test(arguments: ["../outside.txt", "/etc/passwd", "link", "way/passwd", "a/../../outside.txt"])
    func nothingLeadsOut(path: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "/etc/passwd")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/way", withDestinationPath: "/etc")
        try FileManager.default.createDirectory(atPath: folder.path + "/a", withIntermediateDirectories: true)
        await #expect(throws: WorkspaceError.self) { try await workspace.read(path) }
        if path != "link" { await #expect(throws: WorkspaceError.self) { try await workspace.write(path, "x") } }
    }

    @Test func aLinkIsReplacedNotFollowed() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let outside = folder.path + ".outside"
        try "kept".write(toFile: outside, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: outside) }
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: outside)
        try await workspace.write("link", "new")
        #expect(try String(contentsOfFile: outside, encoding: .utf8) == "kept")
        #expect(try await workspace.read("link") == "new")
    }

    @Test func changesAreFound() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await workspace.write("kept.txt", "same\n")
        try await workspace.write("changed.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
        try await workspace.write("gone.txt", "x\n")
        let before = try await workspace.snapshot()
        try await workspace.write("changed.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n")
        try await workspace.write("new.txt", "n\n")
        try FileManager.default.removeItem(atPath: folder.path + "/gone.txt")
        let diffs = try await workspace.changes(since: before)
        #expect(diffs.map(\.path) == ["changed.txt", "gone.txt", "new.txt"])
        #expect(diffs[0].text == "--- a/changed.txt\n+++ b/changed.txt\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n")
        #expect(diffs[1].isDeleted && diffs[1].removed == 1)
        #expect(diffs[2].isNew && diffs[2].text.contains("@@ -0,0 +1,1 @@\n+n\n"))
    }
}
