import CVision
import Foundation

/// dlib's face detector and landmark predictor, as they are on this machine.
///
/// Sources: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", 2005; V. Kazemi and J. Sullivan, "One millisecond
/// face alignment with an ensemble of regression trees", 2014; dlib.net.
// Safe to share: neither part changes after `init`.
public final class FaceEngine: @unchecked Sendable {
    fileprivate let detector: OpaquePointer
    private let landmarkModel: OpaquePointer

    /// Reads the landmark model: not for the cooperative pool.
    /// - Parameter cache: where the detector is kept in a form that loads fast.
    /// - Throws: `ExpressionError.landmarksMissing`, `.landmarksUnusable`.
    public init(landmarks: URL, cache: URL? = nil) throws {
        guard FileManager.default.isReadableFile(atPath: landmarks.path) else { throw ExpressionError.landmarksMissing }
        var model: OpaquePointer?
        try callVision(.landmarksUnusable) { cv_landmark_model_load(landmarks.path, &model, $0, $1) }
        guard let model else { throw ExpressionError.landmarksUnusable }
        var detector: OpaquePointer?
        do {
            try callVision { cv_face_detector_create(cache?.path, &detector, $0, $1) }
            guard let detector else { throw ExpressionError.engineFailed }
            self.detector = detector
            landmarkModel = model
        } catch {
            cv_landmark_model_free(model)
            throw error
        }
    }

    deinit {
        cv_landmark_model_free(landmarkModel)
        cv_face_detector_free(detector)
    }

    /// The 68 landmarks of a face.
    func landmarks(of face: Face, in picture: GreyPicture) throws -> [Landmark] {
        var points = [Int32](repeating: 0, count: 2 * Int(CV_LANDMARKS))
        var found = face.found
        try callVision {
            cv_landmarks(landmarkModel, picture.pixels, Int32(picture.width), Int32(picture.height), &found, &points, $0, $1)
        }
        return (0..<points.count / 2).map { Landmark(x: Int(points[2 * $0]), y: Int(points[2 * $0 + 1])) }
    }
}

/// A face that the detector found.
struct Face: Sendable {
    fileprivate(set) var found: CvFace

    /// Right and bottom exclusive; may reach beyond the picture.
    var box: PixelBox {
        PixelBox(left: Int(found.left), top: Int(found.top), right: Int(found.right) + 1, bottom: Int(found.bottom) + 1)
    }
}

/// Scans pictures for faces, on one thread at a time.
final class FaceScanner {
    private let engine: FaceEngine
    private let scan: OpaquePointer
    /// Further faces than this are not counted.
    private static let limit = 16

    init(_ engine: FaceEngine) throws {
        self.engine = engine
        var scan: OpaquePointer?
        try callVision { cv_face_scan_create(engine.detector, &scan, $0, $1) }
        guard let scan else { throw ExpressionError.engineFailed }
        self.scan = scan
    }

    deinit { cv_face_scan_free(scan) }

    /// All faces, the most confident first: dlib's result.
    func everywhere(_ picture: GreyPicture) throws -> [Face] {
        try faces { faces, count, message, capacity in
            cv_faces_everywhere(
                scan, picture.pixels, Int32(picture.width), Int32(picture.height), faces, Int32(Self.limit), count, message, capacity)
        }
    }

    /// The faces near one of the frame before.
    /// - Returns: `nil` when a scan of the whole picture might well answer otherwise.
    func near(_ last: Face, in picture: GreyPicture) throws -> [Face]? {
        var isSure: Int32 = 0
        var from = last.found
        let found = try faces { faces, count, message, capacity in
            cv_faces_near(
                scan, picture.pixels, Int32(picture.width), Int32(picture.height), &from, faces, Int32(Self.limit), count, &isSure, message,
                capacity)
        }
        return isSure == 0 ? nil : found
    }

    private func faces(
        _ call: (UnsafeMutablePointer<CvFace>?, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<CChar>, Int) -> Int32
    ) throws -> [Face] {
        var faces = [CvFace](repeating: CvFace(), count: Self.limit)
        var count: Int32 = 0
        try faces.withUnsafeMutableBufferPointer { buffer in
            try callVision { call(buffer.baseAddress, &count, $0, $1) }
        }
        return faces.prefix(Int(count)).map(Face.init(found:))
    }
}
