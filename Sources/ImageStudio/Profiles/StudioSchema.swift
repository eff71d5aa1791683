import Jobs

/// The tables of stored profiles.
enum StudioSchema {
    static let part = "images"

    static let migrations = [
        Migration(1) { _ in
            [
                """
                CREATE TABLE image_profiles (
                    owner TEXT NOT NULL,
                    handle TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    used_at BIGINT NOT NULL,
                    PRIMARY KEY (owner, handle)
                )
                """,
                "CREATE INDEX image_profiles_used ON image_profiles (used_at)",
                """
                CREATE TABLE image_profile_versions (
                    owner TEXT NOT NULL,
                    handle TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    at BIGINT NOT NULL,
                    style TEXT NOT NULL,
                    is_real BIGINT NOT NULL,
                    features TEXT NOT NULL,
                    PRIMARY KEY (owner, handle, version)
                )
                """,
            ]
        }
    ]
}
