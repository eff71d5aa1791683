import Engines
import Foundation
import Media

/// The faces of a selfie, the largest first, and the one that is looked at.
package struct SelfieFaces: Sendable, Equatable {
    package let all: [Detection]
    package let chosen: Detection

    /// Shorter sides of a face than this show too little.
    private static let smallestFace = 80.0
    /// In degrees.
    private static let mostTilt = 20.0
    /// How far the nose may be from the middle between the eyes, in distances of the eyes.
    private static let mostTurn = 0.35

    /// - Parameter index: which face; `nil`: the largest.
    /// - Returns: `nil`: there is none.
    /// - Throws: `SelfieError.noSuchFace`.
    package init?(_ found: [Detection], index: Int?) throws {
        let sorted = found.filter { $0.box.isUsable }.sorted { one, other in
            (-one.box.area, one.box.x, one.box.y) < (-other.box.area, other.box.x, other.box.y)
        }
        guard !sorted.isEmpty else { return nil }
        guard sorted.indices.contains(index ?? 0) else { throw SelfieError.noSuchFace(index: index ?? 0, faces: sorted.count) }
        all = sorted
        chosen = sorted[index ?? 0]
        isChosenByIndex = index != nil
    }

    private let isChosenByIndex: Bool

    /// What the faces themselves say against the picture.
    package func tips(in size: PixelSize) -> [SelfieTip.Code] {
        var tips: [SelfieTip.Code] = []
        if all.count > 1, !isChosenByIndex { tips.append(.severalFaces) }
        let box = chosen.box
        if min(box.width, box.height) < Self.smallestFace { tips.append(.faceTooSmall) }
        // Detectors cut boxes at the border.
        let isInside = box.x > 1 && box.y > 1 && box.x + box.width < Double(size.width) - 1 && box.y + box.height < Double(size.height) - 1
        if !isInside { tips.append(.faceCutOff) }
        if let pose = chosen.landmarks.flatMap(Pose.init) {
            if abs(pose.tilt) > Self.mostTilt { tips.append(.tilted) }
            if abs(pose.turn) > Self.mostTurn { tips.append(.faceTheCamera) }
        }
        return tips
    }

    /// How a face is held.
    private struct Pose {
        /// Of the line through the eyes, in degrees.
        let tilt: Double
        /// From the middle between the eyes to the nose, along that line, in distances of the eyes.
        let turn: Double

        /// `nil`: the eyes are in one place.
        init?(_ landmarks: FaceLandmarks) {
            let (left, right) = (landmarks.leftEye, landmarks.rightEye)
            let (dx, dy) = (right.x - left.x, right.y - left.y)
            let square = dx * dx + dy * dy
            guard square > 0, square.isFinite else { return nil }
            tilt = atan2(dy, dx) * 180 / .pi
            turn = ((landmarks.nose.x - (left.x + right.x) / 2) * dx + (landmarks.nose.y - (left.y + right.y) / 2) * dy) / square
        }
    }
}

extension PixelRect {
    /// Whether it's a place at all: it has a size, and its numbers are numbers.
    fileprivate var isUsable: Bool { area > 0 && area.isFinite && x.isFinite && y.isFinite }
}
