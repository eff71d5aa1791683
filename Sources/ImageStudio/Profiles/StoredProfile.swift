import Foundation
import Foundations

/// Somebody's looks, kept by their handle.
public struct StoredProfile: Sendable, Equatable {
    public var handle: Handle
    /// Counts from 1.
    public var version: Int
    public var features: FaceFeatures
    public var style: ImageStyle
    /// Whether somebody who exists looks like that.
    public var isRealPerson: Bool
    public var created: Date
    /// When this version came to be.
    public var updated: Date
    /// When it is deleted unless it is used before.
    public var expires: Date

    public var participant: PromptParticipant { PromptParticipant(handle: handle, features: features, isRealPerson: isRealPerson) }
}

/// What can go wrong with stored profiles.
public enum ProfileError: ReportableError, Equatable {
    case notFound(Handle)
    /// Somebody else was quicker.
    case versionConflict(Handle, present: Int)
    case tooMany(limit: Int)

    public var report: ErrorReport {
        switch self {
        case .notFound(let handle):
            ErrorReport(.notFound, code: "profile_not_found", "There is no profile of \(handle). PUT /v1/profiles/\(handle.plain) makes one.", param: "handle")
        case .versionConflict(let handle, let present):
            ErrorReport(
                .conflict, code: "version_conflict", "The profile of \(handle) was changed meanwhile: it has version \(present). Read it again.",
                details: ["version": .integer(present)])
        case .tooMany(let limit):
            ErrorReport(.conflict, code: "too_many_profiles", "There are \(limit) profiles, which is all that are kept. Delete some.")
        }
    }
}

extension Handle {
    /// Without the @.
    public var plain: String { String(name.dropFirst()) }
}
