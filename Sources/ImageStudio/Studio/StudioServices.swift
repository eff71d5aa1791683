import Foundations

/// Everything that surfaces need to make pictures.
public struct StudioServices: Sendable {
    public var studio: any PictureMaking
    public var files: PictureFiles
    public var profiles: ProfileStore
    /// Reads the features of faces, for one request.
    public var selfies: @Sendable (RequestContext) -> SelfieAnalyzer

    public init(
        studio: any PictureMaking, files: PictureFiles, profiles: ProfileStore, selfies: @escaping @Sendable (RequestContext) -> SelfieAnalyzer
    ) {
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
