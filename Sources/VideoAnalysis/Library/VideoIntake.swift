import Foundation
import Foundations
import Media

/// Looks at a file that is to become a video of the library: what is in it, what it looks like.
struct VideoIntake: Sendable {
    let limits: MediaLimits
    let threads: WorkerThreads

    struct Finding: Sendable {
        var video: LibraryVideo
        /// A small picture that stands for it.
        var poster: Data?
    }

    /// Pixels of the poster's width.
    private static let posterWidth = 480
    /// Which of the hashed frames the poster is: titles are over by then.
    private static let posterFrame = 4

    /// - Throws: `VideoQuestionError.noVideoTrack`, `MediaError`.
    func examine(_ url: URL, path: String, title: String?) async throws -> Finding {
        let file = try await MediaFile.open(.file(url), limits: limits)
        guard let track = file.info.video else { throw VideoQuestionError.noVideoTrack }
        let frames = (try? await frames(of: file, track)) ?? []
        try Task.checkCancellation()
        let hash = try await threads.run { () -> String? in
            let small = try frames.map { image in
                try PictureOperations.resized(
                    image, width: PerceptualHash.frameWidth,
                    height: max(1, image.height * PerceptualHash.frameWidth / max(1, image.width)))
            }
            return try PerceptualHash.hash(small)
        }
        var poster: Data?
        if frames.count > Self.posterFrame { poster = try? await ImageCodec.jpeg(frames[Self.posterFrame], quality: 80) }
        let bytes = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        let name = (path as NSString).lastPathComponent
        let plain = title?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        let video = LibraryVideo(
            id: 0, path: path, title: plain.isEmpty ? (name as NSString).deletingPathExtension : String(plain.prefix(LibraryVideo.maxTitle)), duration: track.duration,
            hasTags: false, position: 0, hash: hash, created: Date(), updated: Date(), bytes: Int64(bytes), codec: track.codec,
            width: track.size.width, height: track.size.height, frameRate: track.frameRate, analysisModel: nil, tagCount: 0, timestampCount: 0,
            tags: [], coverage: 0)
        return Finding(video: video, poster: poster)
    }

    private func frames(of file: MediaFile, _ track: MediaInfo.VideoTrack) async throws -> [RGBImage] {
        let indices = PerceptualHash.frameIndices(count: track.frameCount)
        var images: [RGBImage] = []
        let frames = file.frames(at: indices) { image in
            try PictureOperations.resized(
                image, width: Self.posterWidth, height: max(1, min(4 * Self.posterWidth, image.height * Self.posterWidth / max(1, image.width))))
        }
        for try await frame in frames { images.append(frame.image) }
        return images
    }
}
