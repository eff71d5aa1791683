import Engines

/// What was found in a video, compact enough to give to a model and to show to people. Times are seconds.
public struct EvidenceSummary: Sendable, Equatable, Codable {
    /// An object followed through the video.
    public struct Track: Sendable, Equatable, Codable {
        public var label: String
        public var start: Double
        public var end: Double
        /// Mean detection score, 0 to 1.
        public var score: Double
        /// Where: `left`, `centre`, `right`; and how it moves: `still`, `left`, `right`, `closer`, …
        public var position: String
        public var motion: String

        public init(label: String, start: Double, end: Double, score: Double, position: String, motion: String) {
            self.label = label
            self.start = start
            self.end = end
            self.score = score
            self.position = position
            self.motion = motion
        }
    }

    /// Text seen on screen.
    public struct ScreenText: Sendable, Equatable, Codable {
        public var text: String
        public var start: Double
        public var end: Double
        public var score: Double

        public init(text: String, start: Double, end: Double, score: Double) {
            self.text = text
            self.start = start
            self.end = end
            self.score = score
        }
    }

    /// A shot between two cuts.
    public struct Scene: Sendable, Equatable, Codable {
        public var start: Double
        public var end: Double
        /// Camera: `still`, `pan left`, `zoom in`, …
        public var camera: String
        /// Names of the strongest colours, strongest first.
        public var colours: [String]

        public init(start: Double, end: Double, camera: String, colours: [String]) {
            self.start = start
            self.end = end
            self.camera = camera
            self.colours = colours
        }
    }

    public var duration: Double
    public var tracks: [Track]
    public var texts: [ScreenText]
    public var scenes: [Scene]
    public var speech: [TranscriptSegment]
    /// The most faces seen at once.
    public var faces: Int
    /// Kinds of evidence that could not be gathered, with the reason in plain words.
    public var missing: [String: String]

    public init(
        duration: Double, tracks: [Track] = [], texts: [ScreenText] = [], scenes: [Scene] = [],
        speech: [TranscriptSegment] = [], faces: Int = 0, missing: [String: String] = [:]
    ) {
        self.duration = duration
        self.tracks = tracks
        self.texts = texts
        self.scenes = scenes
        self.speech = speech
        self.faces = faces
        self.missing = missing
    }
}
