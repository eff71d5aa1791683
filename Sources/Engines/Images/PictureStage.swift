/// What is being done for a picture, as progress names it.
public enum PictureStage: String, Sendable {
    /// It waits for its turn: of `total`, the place in line.
    case queue
    /// Its words are written.
    case prompt
    case paint
    case caption
}
