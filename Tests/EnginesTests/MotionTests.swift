import CVision
import Foundation
import Media
import Testing

@Suite struct MotionTests {
    /// A grey photo, and a window of it seen by a camera that turns, zooms and moves.
    private struct Scene {
        let width: Int
        let height: Int
        let grey: [UInt8]

        init(_ photo: RGBImage) throws {
            width = photo.width
            height = photo.height
            var grey = [UInt8](repeating: 0, count: photo.width * photo.height)
            var message = [CChar](repeating: 0, count: 256)
            try #require(
                cv_grey(photo.pixels, Int32(photo.width), Int32(photo.height), &grey, &message, message.count) == CV_OK)
            self.grey = grey
        }

        /// The scene after its content moved: each pixel is looked up where it came from, bilinearly.
        func moved(dx: Double, dy: Double, scale: Double, rotation: Double) -> [UInt8] {
            let centreX = Double(width) / 2
            let centreY = Double(height) / 2
            let cosine = Foundation.cos(rotation) / scale
            let sine = Foundation.sin(rotation) / scale
            return (0..<width * height).map { index in
                let x = Double(index % width) - centreX - dx
                let y = Double(index / width) - centreY - dy
                let fromX = min(max(0, x * cosine + y * sine + centreX), Double(width - 2))
                let fromY = min(max(0, y * cosine - x * sine + centreY), Double(height - 2))
                let left = Int(fromX)
                let top = Int(fromY)
                let a = fromX - Double(left)
                let b = fromY - Double(top)
                func value(_ x: Int, _ y: Int) -> Double { Double(grey[y * width + x]) }
                let upper = value(left, top) * (1 - a) + value(left + 1, top) * a
                let lower = value(left, top + 1) * (1 - a) + value(left + 1, top + 1) * a
                return UInt8((upper * (1 - b) + lower * b).rounded())
            }
        }
    }

    private func motion(_ previous: [UInt8], _ next: [UInt8], _ width: Int, _ height: Int) throws -> CvMotion {
        var motion = CvMotion()
        var message = [CChar](repeating: 0, count: 256)
        try #require(
            cv_global_motion(previous, next, Int32(width), Int32(height), &motion, &message, message.count) == CV_OK)
        return motion
    }

    @Test(arguments: [
        (0.0, 0.0, 1.0, 0.0), (7.0, -4.0, 1.0, 0.0), (0.0, 0.0, 1.06, 0.0), (-3.0, 2.0, 0.95, 0.03), (12.0, 9.0, 1.0, -0.05),
    ])
    func cameraMotionIsMeasured(dx: Double, dy: Double, scale: Double, rotation: Double) throws {
        let scene = try Scene(NativeSamples.photo("astronaut.png"))
        let next = scene.moved(dx: dx, dy: dy, scale: scale, rotation: rotation)
        let found = try motion(scene.grey, next, scene.width, scene.height)
        #expect(abs(found.dx - dx) < 0.4, "\(found)")
        #expect(abs(found.dy - dy) < 0.4, "\(found)")
        #expect(abs(found.scale - scale) < 0.004, "\(found)")
        #expect(abs(found.rotation - rotation) < 0.004, "\(found)")
        #expect(found.inlier_fraction > 0.8 && found.tracked >= 50)
    }

    @Test func motionIsUnknownWithoutTexture() throws {
        let plain = [UInt8](repeating: 90, count: 64 * 48)
        let found = try motion(plain, plain, 64, 48)
        #expect(found.tracked == 0 && found.inlier_fraction == 0 && found.scale == 1 && found.dx == 0)
    }

    @Test func theSameFramesGiveTheSameAnswer() throws {
        let scene = try Scene(NativeSamples.photo("chelsea.png"))
        let next = scene.moved(dx: 5, dy: 3, scale: 1.02, rotation: 0.01)
        let first = try motion(scene.grey, next, scene.width, scene.height)
        let second = try motion(scene.grey, next, scene.width, scene.height)
        #expect(first.dx == second.dx && first.scale == second.scale && first.inlier_fraction == second.inlier_fraction)
    }

    @Test func tinyFramesAreRefusedWithAReason() {
        var motion = CvMotion()
        var message = [CChar](repeating: 0, count: 256)
        #expect(cv_global_motion([0], [0], 1, 1, &motion, &message, message.count) == CV_FAILED)
        #expect(message.first != 0)
    }

    @Test func phaseCorrelationFindsAShift() throws {
        let scene = try Scene(NativeSamples.photo("chelsea.png"))
        let next = scene.moved(dx: 6, dy: -3, scale: 1, rotation: 0)
        var dx = 0.0
        var dy = 0.0
        var response = 0.0
        var message = [CChar](repeating: 0, count: 256)
        #expect(
            cv_phase_shift(
                scene.grey, next, Int32(scene.width), Int32(scene.height), &dx, &dy, &response, &message, message.count)
                == CV_OK)
        #expect(abs(dx - 6) < 0.5 && abs(dy + 3) < 0.5 && response > 0.3, "\(dx) \(dy) \(response)")
    }

    @Test func denseFlowFindsAShift() throws {
        let scene = try Scene(NativeSamples.photo("chelsea.png"))
        let next = scene.moved(dx: 4, dy: 2, scale: 1, rotation: 0)
        var flow = [Float](repeating: 0, count: 2 * scene.width * scene.height)
        var message = [CChar](repeating: 0, count: 256)
        #expect(
            cv_dense_flow(
                scene.grey, next, Int32(scene.width), Int32(scene.height), &flow, &message, message.count) == CV_OK)
        let horizontal = stride(from: 0, to: flow.count, by: 2).map { flow[$0] }.sorted()
        let vertical = stride(from: 1, to: flow.count, by: 2).map { flow[$0] }.sorted()
        #expect(abs(horizontal[horizontal.count / 2] - 4) < 0.5)
        #expect(abs(vertical[vertical.count / 2] - 2) < 0.5)
    }
}
