import Foundation
import Foundations
import Media

/// Writes sampled frames as numbered JPEG files.
enum FrameFolder {
    /// - Parameter plan: `nil` when no model looked at frames; it is then made from the options.
    static func write(
        _ plan: VideoSamplingPlan?, options: VideoSamplingOptions, of source: MediaSource, limits: MediaLimits, to path: String
    ) async throws {
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ErrorReport(.invalidRequest, code: "folder_not_writable", "The folder for frames can't be made.")
        }
        let media = try await MediaFile.open(source, limits: limits)
        let plan = try plan ?? FrameSampling.plan(for: media.info, options: options, limits: limits)
        var number = 0
        for try await frame in media.sampledFrames(plan) {
            let name = String(format: "frame_%04d_%.3fs.jpg", number, frame.time)
            try await ImageCodec.jpeg(frame.image, quality: 92).write(to: folder.appending(path: name))
            number += 1
        }
    }
}
