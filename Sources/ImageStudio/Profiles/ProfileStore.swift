import Foundation
import Foundations
import Jobs

/// Stored profiles with their versions, each owner's own. A profile that isn't used is deleted when its time is up.
public struct ProfileStore: Sendable {
    private let database: any Database
    private let retention: Duration

    /// Versions of one profile; older ones are forgotten.
    public static let mostVersions = 50
    /// Profiles of one owner.
    public static let mostProfiles = 1000

    /// Makes the tables, or brings them up to date.
    /// - Parameter retention: from a profile's last use on.
    /// - Throws: `DatabaseError`.
    public init(_ database: any Database, retention: Duration) async throws {
        self.database = database
        self.retention = retention
        try await database.migrate(StudioSchema.part, StudioSchema.migrations)
    }

    private static let columns = """
        p.handle, v.version, p.created_at, p.used_at, v.at, v.style, v.is_real, v.features FROM image_profiles p
        JOIN image_profile_versions v ON v.owner = p.owner AND v.handle = p.handle
        """

    /// The owner's profiles, by handle.
    public func profiles(owner: String) async throws -> [StoredProfile] {
        try await database.read { connection in
            try connection.execute(
                "SELECT \(Self.columns) AND v.version = p.version WHERE p.owner = $1 ORDER BY p.handle", [.text(owner)]
            ).map(profile)
        }
    }

    /// - Throws: `ProfileError.notFound`.
    public func profile(_ handle: Handle, owner: String) async throws -> StoredProfile {
        guard let profile = try await profiles([handle], owner: owner)[handle] else { throw ProfileError.notFound(handle) }
        return profile
    }

    /// Those of some handles that there are. Their time begins anew.
    public func profiles(_ handles: [Handle], owner: String) async throws -> [Handle: StoredProfile] {
        guard !handles.isEmpty else { return [:] }
        return try await database.write { connection in
            var found: [Handle: StoredProfile] = [:]
            for handle in Set(handles) {
                try connection.execute(
                    "UPDATE image_profiles SET used_at = $3 WHERE owner = $1 AND handle = $2",
                    [.text(owner), .text(handle.name), .integer(try connection.now())])
                found[handle] = try present(handle, owner, connection)
            }
            return found
        }
    }

    /// All versions that are kept, newest first.
    /// - Throws: `ProfileError.notFound`.
    public func versions(of handle: Handle, owner: String) async throws -> [StoredProfile] {
        let versions = try await database.read { connection in
            try connection.execute(
                "SELECT \(Self.columns) WHERE p.owner = $1 AND p.handle = $2 ORDER BY v.version DESC", [.text(owner), .text(handle.name)]
            ).map(profile)
        }
        guard !versions.isEmpty else { throw ProfileError.notFound(handle) }
        return versions
    }

    /// Keeps a profile, as a new version where there was one.
    /// - Parameter version: the one that is replaced; `nil`: whichever it is.
    /// - Throws: `ProfileError.tooMany`, `versionConflict`.
    @discardableResult
    public func put(
        _ features: FaceFeatures, of handle: Handle, version: Int? = nil, style: ImageStyle?, isRealPerson: Bool?, owner: String
    ) async throws -> StoredProfile {
        try await database.write { connection in
            let old = try present(handle, owner, connection)
            if let version, version != old?.version { throw ProfileError.versionConflict(handle, present: old?.version ?? 0) }
            if old == nil {
                let count = try connection.execute("SELECT COUNT(*) AS n FROM image_profiles WHERE owner = $1", [.text(owner)]).first?.int("n") ?? 0
                guard count < Self.mostProfiles else { throw ProfileError.tooMany(limit: Self.mostProfiles) }
            }
            // Nobody stops being real by an update that doesn't say so.
            let isReal = isRealPerson ?? ((old?.isRealPerson ?? false) || features.meta.faceDetected)
            return try add(features, handle, style ?? old?.style ?? .standard, isReal, version: (old?.version ?? 0) + 1, owner, connection)
        }
    }

    /// Changes a profile, as a new version.
    /// - Parameter version: the one that the change was made for; `nil`: whichever it is.
    /// - Throws: `ProfileError`; what `change` throws.
    public func change(
        _ handle: Handle, version: Int?, style: ImageStyle?, owner: String, _ change: @escaping @Sendable (FaceFeatures) throws -> FaceFeatures
    ) async throws -> StoredProfile {
        try await database.write { connection in
            guard let old = try present(handle, owner, connection) else { throw ProfileError.notFound(handle) }
            if let version, version != old.version { throw ProfileError.versionConflict(handle, present: old.version) }
            return try add(try change(old.features), handle, style ?? old.style, old.isRealPerson, version: old.version + 1, owner, connection)
        }
    }

    /// Deletes a profile with all its versions.
    /// - Throws: `ProfileError.notFound`.
    public func delete(_ handle: Handle, owner: String) async throws {
        try await database.write { connection in
            let key: [SQLValue] = [.text(owner), .text(handle.name)]
            try connection.execute("DELETE FROM image_profile_versions WHERE owner = $1 AND handle = $2", key)
            let gone = try connection.execute("DELETE FROM image_profiles WHERE owner = $1 AND handle = $2 RETURNING handle", key)
            guard !gone.isEmpty else { throw ProfileError.notFound(handle) }
        }
    }

    /// Deletes what wasn't used for the retention.
    public func sweep() async throws {
        let microseconds = Int64(retention / .microseconds(1))
        try await database.write { connection in
            let oldest = SQLValue.integer(try connection.now() - microseconds)
            for row in try connection.execute("DELETE FROM image_profiles WHERE used_at < $1 RETURNING owner, handle", [oldest]) {
                try connection.execute("DELETE FROM image_profile_versions WHERE owner = $1 AND handle = $2", [row["owner"], row["handle"]])
            }
        }
    }

    private func present(_ handle: Handle, _ owner: String, _ connection: any SQLConnection) throws -> StoredProfile? {
        try connection.execute(
            "SELECT \(Self.columns) AND v.version = p.version WHERE p.owner = $1 AND p.handle = $2", [.text(owner), .text(handle.name)]
        ).first.map(profile)
    }

    private func add(
        _ features: FaceFeatures, _ handle: Handle, _ style: ImageStyle, _ isReal: Bool, version: Int, _ owner: String,
        _ connection: any SQLConnection
    ) throws -> StoredProfile {
        let now = SQLValue.integer(try connection.now())
        let key: [SQLValue] = [.text(owner), .text(handle.name), .integer(version), now]
        try connection.execute(
            """
            INSERT INTO image_profiles (owner, handle, version, created_at, used_at) VALUES ($1, $2, $3, $4, $4)
            ON CONFLICT (owner, handle) DO UPDATE SET version = excluded.version, used_at = excluded.used_at
            """, key)
        try connection.execute(
            """
            INSERT INTO image_profile_versions (owner, handle, version, at, style, is_real, features)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, key + [.text(style.rawValue), .bool(isReal), .text(String(decoding: try JSONEncoder().encode(features), as: UTF8.self))])
        try connection.execute(
            "DELETE FROM image_profile_versions WHERE owner = $1 AND handle = $2 AND version <= $3",
            [.text(owner), .text(handle.name), .integer(version - Self.mostVersions)])
        guard let profile = try present(handle, owner, connection) else { throw DatabaseError.failed(detail: "a profile isn't there") }
        return profile
    }

    private func profile(_ row: SQLRow) throws -> StoredProfile {
        guard let handle = row.text("handle").flatMap({ try? Handle($0) }), let version = row.int("version"),
            let style = row.text("style").flatMap(ImageStyle.init(rawValue:)), let text = row.text("features"),
            let features = try? JSONDecoder().decode(FaceFeatures.self, from: Data(text.utf8)),
            let created = row.date("created_at"), let used = row.date("used_at"), let updated = row.date("at")
        else { throw DatabaseError.failed(detail: "a row of profiles can't be read") }
        return StoredProfile(
            handle: handle, version: version, features: features, style: style, isRealPerson: row.bool("is_real"), created: created,
            updated: updated, expires: used.addingTimeInterval(retention / .seconds(1)))
    }
}
