import Engines
import Foundation
import Foundations

/// The models that look inside this process: detectors, text reader. Each is loaded when it is
/// first asked for, and kept.
public struct PerceptionModels: Sendable {
    private let objects: SharedLoad<any Detector>
    private let faces: SharedLoad<any Detector>
    private let nudity: SharedLoad<any Detector>
    private let text: SharedLoad<any TextReader>

    public init(store: ModelStore) {
        let onnx = SharedLoad { try OnnxLibrary(home: store.home) }
        objects = SharedLoad {
            let (manifest, folder) = try await store.present(.defaultObjectDetector)
            guard manifest.engine == .onnx else {
                return try await SSDDetector(
                    graph: folder.appending(path: "frozen_inference_graph.pb"),
                    description: folder.appending(path: "ssd_mobilenet_v2_coco_2018_03_29.pbtxt"))
            }
            return try await YOLOXDetector(
                model: folder.appending(path: "yolox_nano.onnx"), library: try await onnx.value())
        }
        faces = SharedLoad {
            let (_, folder) = try await store.present(.defaultFaceDetector)
            return try await CenterFaceDetector(model: folder.appending(path: "centerface.onnx"))
        }
        nudity = SharedLoad {
            let (_, folder) = try await store.present(.defaultNudityDetector)
            return try await NudityDetector(model: folder.appending(path: "320n.onnx"), library: try await onnx.value())
        }
        text = SharedLoad {
            let (_, folder) = try await store.present(.defaultTextReader)
            return try await PaddleTextReader(models: .init(folder: folder), library: try await onnx.value())
        }
    }

    /// Finds COCO's objects.
    /// - Throws: these functions throw `ModelHubError.modelNotFetched` or `NativeEngineError`.
    public func objectDetector() async throws -> any Detector { try await objects.value() }
    public func faceDetector() async throws -> any Detector { try await faces.value() }
    /// Finds faces and bare or covered parts of bodies.
    public func nudityDetector() async throws -> any Detector { try await nudity.value() }
    public func textReader() async throws -> any TextReader { try await text.value() }
}

extension ModelStore {
    /// The first model of a role whose files are here, and its folder.
    /// - Throws: `ModelHubError.modelNotFetched`, naming the model that is easiest to have.
    func present(_ role: ModelManifest.Role) async throws -> (manifest: ModelManifest, folder: URL) {
        let candidates = catalog.models(for: role)
        for candidate in candidates where try await state(of: candidate.id) == .onDisk {
            return (candidate, try await path(of: candidate.id))
        }
        throw ModelHubError.modelNotFetched(candidates.last?.id ?? role.rawValue)
    }
}
