import Foundations

/// Decides, frame after frame, where to look for the face: a value, without pictures.
package struct FaceTracking: Sendable, Equatable {
    package enum Look: Sendable, Equatable {
        case everywhere
        /// Near the face of the frame before.
        case near
    }

    private let mode: DetectionMode
    /// Frames from one look at the whole to the next.
    private let keyInterval: Int
    private var sinceKey = 0
    private var hasFace = false
    private var size: (width: Int, height: Int)?

    package init(mode: DetectionMode, keyInterval: Int) {
        self.mode = mode
        self.keyInterval = max(1, keyInterval)
    }

    package mutating func next(width: Int, height: Int) -> Look {
        let isSameSize = size.map { $0 == (width, height) } ?? false
        size = (width, height)
        guard mode == .tracked, hasFace, isSameSize, sinceKey + 1 < keyInterval else { return .everywhere }
        return .near
    }

    package mutating func looked(_ look: Look, foundFace: Bool) {
        hasFace = foundFace
        sinceKey = look == .near ? sinceKey + 1 : 0
    }

    package static func == (a: FaceTracking, b: FaceTracking) -> Bool {
        a.mode == b.mode && a.keyInterval == b.keyInterval && a.sinceKey == b.sinceKey && a.hasFace == b.hasFace && a.size?.width == b.size?.width
            && a.size?.height == b.size?.height
    }
}
