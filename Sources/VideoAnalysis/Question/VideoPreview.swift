import Foundation
import Media

/// What a model would be shown of a video.
public struct VideoPreview: Sendable {
    public struct Thumbnail: Sendable {
        /// Seconds from the video's start.
        public var time: Double
        public var jpeg: Data
    }

    public var info: MediaInfo
    public var plan: VideoSamplingPlan
    /// Whether fewer or smaller frames than asked for are shown, since the model takes no more.
    public var isFitted: Bool
    /// Whether the model looks at frames at all, rather than answering from evidence.
    public var isSeen: Bool
    /// The model that would answer; `nil` when none is at hand.
    public var model: String?
    /// Some of the plan's frames, evenly chosen.
    public var thumbnails: [Thumbnail] = []

    public init(info: MediaInfo, plan: VideoSamplingPlan, isFitted: Bool, isSeen: Bool, model: String?) {
        self.info = info
        self.plan = plan
        self.isFitted = isFitted
        self.isSeen = isSeen
        self.model = model
    }
}

/// Small pictures of some frames.
public struct ThumbnailOptions: Sendable {
    /// At most so many.
    public var count: Int
    /// Pixels; the width follows from the video's shape.
    public var height: Int

    public init(count: Int, height: Int) {
        self.count = count
        self.height = height
    }

    /// The frames of `plan` to show, in their small size.
    func plan(from plan: VideoSamplingPlan, source: PixelSize) -> VideoSamplingPlan {
        var small = plan
        let total = plan.indices.count
        if total > count {
            // The first and the last one among them.
            small.indices = (0..<count).map { plan.indices[count == 1 ? 0 : $0 * (total - 1) / (count - 1)] }
        }
        let height = min(height, source.height)
        let width = Double(source.width) * Double(height) / Double(max(1, source.height))
        small.size = PixelSize(width: max(1, min(4 * height, Int(width.rounded()))), height: max(1, height))
        return small
    }
}
