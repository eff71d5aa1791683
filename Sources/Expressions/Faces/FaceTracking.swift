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
    private var hasFace = false
    private var size: (width: Int, height: Int)?

    package init(mode: DetectionMode, keyInterval: Int) {
        self.mode = mode
        self.keyInterval = max(1, keyInterval)
    }

    /// Whether a frame is seen whole, whatever came before: it needn't wait for the frame before it.
    package func isKey(_ number: Int) -> Bool { mode == .exact || number % keyInterval == 0 }

    package mutating func next(_ number: Int, width: Int, height: Int) -> Look {
        let isSameSize = size.map { $0 == (width, height) } ?? false
        size = (width, height)
        return hasFace && isSameSize && !isKey(number) ? .near : .everywhere
    }

    package mutating func looked(foundFace: Bool) { hasFace = foundFace }

    package static func == (a: FaceTracking, b: FaceTracking) -> Bool {
        a.mode == b.mode && a.keyInterval == b.keyInterval && a.hasFace == b.hasFace && a.size?.width == b.size?.width
            && a.size?.height == b.size?.height
    }
}
