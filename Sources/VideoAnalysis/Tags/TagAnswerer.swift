import Foundations
import Media
import ModelHub

/// Looks at a frame and judges tags.
public protocol TagAnswerer: Sendable {
    /// What results name it by.
    var name: String { get }
    /// Pixels of the longer side that it looks at; larger frames are shrunk first.
    var longSide: Int { get }
    /// Those of the tags that it can't judge in any frame.
    func unsupported(_ tags: [String]) -> [String]
    /// - Returns: for each tag the probability that the frame shows it, 0 to 1; `nil` where it can't tell.
    /// - Throws: a reportable error when there is no answer.
    func scores(of image: RGBImage, tags: [String], context: RequestContext) async throws -> [Double?]
}

/// Finds who judges tags.
public struct TagAnswerers: Sendable {
    /// A model that sees where there is one, else the detector.
    public static let auto = "auto"
    /// The object detector, which knows COCO's 80 kinds of things.
    public static let detector = "detector"

    private let models: any ModelDirectory
    private let objects: (@Sendable () async throws -> any Detector)?

    public init(models: any ModelDirectory, objects: (@Sendable () async throws -> any Detector)?) {
        self.models = models
        self.objects = objects
    }

    /// The names that may be asked for.
    public func available() async -> [String] {
        let seeing = await models.models().filter { $0.capabilities.contains("vision") && $0.state != .absent && $0.state != .failed }
        return [Self.auto] + (objects == nil ? [] : [Self.detector]) + seeing.map(\.id)
    }

    /// - Throws: `LibraryError.unusableModel` for a model that doesn't see; what loading a model throws.
    package func answerer(_ name: String, context: RequestContext) async throws -> any TagAnswerer {
        if name == Self.detector, let objects { return DetectorTagAnswerer(detector: try await objects()) }
        if name != Self.auto {
            let model = try await models.chatModel(id: name, context: context)
            guard model.seesImages else { throw LibraryError.unusableModel(name) }
            return VisionTagAnswerer(model: model)
        }
        do {
            let model = try await models.chatModel(id: nil, context: context)
            if model.seesImages { return VisionTagAnswerer(model: model) }
        } catch {
            try Task.checkCancellation()
            // Without any model that chats, the detector still sees.
            guard objects != nil else { throw error }
        }
        guard let objects else { throw LibraryError.unusableModel(name) }
        return DetectorTagAnswerer(detector: try await objects())
    }
}
