import Foundation

/// A fresh folder for one test, removed with everything in it.
@discardableResult
public func withTemporaryFolder<T: Sendable>(_ body: @Sendable (URL) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
