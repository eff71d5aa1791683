/// Bounds of evidence gathering. Every count is a ceiling, whatever the video's length.
public struct EvidenceSettings: Sendable, Equatable {
    /// Raised whenever the way evidence is gathered changes, so that older cached evidence is not used.
    public static let version = 1

    /// Frames looked at for cuts, camera motion and colours.
    public var sceneFramesPerSecond = 5.0
    public var maxSceneFrames = 480
    /// Frames searched for objects and faces.
    public var detailFramesPerSecond = 2.0
    public var maxDetailFrames = 64
    /// Further frames searched because a cut brought a new picture.
    public var maxCutFrames = 24
    /// Frames read for text: at most one in this many seconds, unless the picture changes.
    public var textInterval = 1.0
    /// The longer side, in pixels, that pictures are shrunk to for detectors, and for reading text.
    public var detectionSide = 640
    public var textSide = 960
    /// Pictures in the detectors' hands at once.
    public var picturesInFlight = 4
    /// Seconds of sound unpacked at once: 64 kB each. Longer sound is heard in several windows.
    public var audioWindow = 1200.0
    /// A detector that failed this often is not asked again.
    public var failuresTolerated = 3

    public init() {}
}
