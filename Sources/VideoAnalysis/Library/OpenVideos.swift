import Foundation
import Foundations
import Media

/// Files that were looked into lately, kept open: opening one means reading through it.
actor OpenVideos {
    private struct Entry {
        var file: MediaFile
        var changed: Date?
        var times: [Double]
    }

    private let limits: MediaLimits
    private var entries: [String: Entry] = [:]
    /// The newest last.
    private var order: [String] = []

    private static let capacity = 4

    init(limits: MediaLimits) { self.limits = limits }

    /// - Returns: the file and the times of its frames.
    func open(_ url: URL) async throws -> (file: MediaFile, times: [Double]) {
        let changed = try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
        order.removeAll { $0 == url.path }
        if let entry = entries[url.path], entry.changed == changed {
            order.append(url.path)
            return (entry.file, entry.times)
        }
        let file = try await MediaFile.open(.file(url), limits: limits)
        let times = try await file.frameTimes()
        entries[url.path] = Entry(file: file, changed: changed, times: times)
        order.append(url.path)
        while order.count > Self.capacity { entries[order.removeFirst()] = nil }
        return (file, times)
    }
}
