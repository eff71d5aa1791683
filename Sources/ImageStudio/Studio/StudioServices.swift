/// Everything that surfaces need to make pictures.
public struct StudioServices: Sendable {
    public var studio: Studio
    public var files: PictureFiles
    public var profiles: ProfileStore
    /// Reads the features of faces.
    public var selfies: SelfieAnalyzer

    public init(studio: Studio, files: PictureFiles, profiles: ProfileStore, selfies: SelfieAnalyzer) {
        self.studio = studio
        self.files = files
        self.profiles = profiles
        self.selfies = selfies
    }

    /// Deletes what has grown old: pictures behind URLs and profiles that nobody uses.
    public func sweep() async {
        await files.sweep()
        try? await profiles.sweep()
    }
}
