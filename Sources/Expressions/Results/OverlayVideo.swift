import Foundation
import Foundations
import Media

/// Makes a video with the regions and motions drawn in. It reads the frames anew, beside the rows that were kept of them.
struct OverlayVideo: Sendable {
    let limits: MediaLimits
    private static let threads = WorkerThreads(name: "overlay", width: 2)

    /// Rows by the frames they are of, read along with the frames.
    // Safe to share: calls come one after the other.
    private final class Writer: @unchecked Sendable {
        private let encoder: VideoEncoder
        private let rows: RowFile
        private var pending: [Int: ExpressionRow] = [:]
        private var nextRow = 0
        private var isAtEnd = false

        init(_ url: URL, width: Int, height: Int, rows: RowFile) throws {
            encoder = try VideoEncoder(url, width: width, height: height)
            self.rows = rows
        }

        func add(_ frame: VideoFrame, number: Int, time: Double) throws {
            if pending.isEmpty, !isAtEnd { try read() }
            let row = pending.removeValue(forKey: number)
            try encoder.add(row.map { OverlayPainter.painted(frame.image, $0) } ?? frame.image, time: time)
        }

        private func read() throws {
            var count = 0
            try rows.forEach(from: nextRow) { record in
                pending[record.row.videoFrame] = record.row
                count += 1
                return count < 256
            }
            nextRow += count
            isAtEnd = count == 0
        }

        func finish() throws { try encoder.finish() }
    }

    func write(_ sources: [MediaSource], _ rows: RowFile, to url: URL, progress: ProgressHandler? = nil) async throws {
        var writer: Writer?
        var number = 0
        var start = 0.0
        for source in sources {
            let file = try await MediaFile.open(source, limits: limits)
            guard let track = file.info.video else { continue }
            for try await frame in file.frames(at: Array(0..<track.frameCount)) {
                let current: Writer
                if let writer {
                    current = writer
                } else {
                    current = try await Self.threads.run { try Writer(url, width: frame.image.width, height: frame.image.height, rows: rows) }
                    writer = current
                }
                let (at, time) = (number, start + frame.time)
                // A segment of another size can't be part of the same video.
                guard frame.image.width == track.size.width, frame.image.height == track.size.height else { continue }
                try await Self.threads.run { try current.add(frame, number: at, time: time) }
                number += 1
                if number % 32 == 0 {
                    progress?(ProgressUpdate(stage: "overlay", done: Double(number), total: Double(max(number, track.frameCount)), unit: .frames))
                }
            }
            start += track.duration
        }
        if let writer { try await Self.threads.run { try writer.finish() } }
    }
}
