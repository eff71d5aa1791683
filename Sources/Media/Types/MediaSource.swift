import Foundation

/// Where encoded media comes from.
public enum MediaSource: Sendable {
    case file(URL)
    case data(Data)
    /// What came as a stream; `MediaSource.stream` takes one in.
    case spooled(SpooledBytes)
}
