import Foundation

/// Where encoded media comes from.
public enum MediaSource: Sendable {
    case file(URL)
    case data(Data)
}
