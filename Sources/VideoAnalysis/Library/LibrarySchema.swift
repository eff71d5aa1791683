import Jobs

/// The tables of the library.
enum LibrarySchema {
    static let migrations = [
        Migration(1) { dialect in
            [
                """
                CREATE TABLE library_videos (
                    id \(dialect.identity),
                    path TEXT NOT NULL UNIQUE,
                    title TEXT NOT NULL,
                    duration DOUBLE PRECISION NOT NULL,
                    has_tags BIGINT NOT NULL DEFAULT 0,
                    position BIGINT NOT NULL,
                    hash TEXT,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    bytes BIGINT NOT NULL,
                    codec TEXT NOT NULL,
                    width BIGINT NOT NULL,
                    height BIGINT NOT NULL,
                    frame_rate DOUBLE PRECISION NOT NULL,
                    analysis_model TEXT,
                    coverage DOUBLE PRECISION NOT NULL DEFAULT 0
                )
                """,
                "CREATE INDEX library_videos_position ON library_videos (position)",
                """
                CREATE TABLE library_timestamps (
                    id \(dialect.identity),
                    video_id BIGINT NOT NULL REFERENCES library_videos (id) ON DELETE CASCADE,
                    tag TEXT NOT NULL,
                    start_time DOUBLE PRECISION NOT NULL,
                    end_time DOUBLE PRECISION,
                    confidence DOUBLE PRECISION NOT NULL,
                    source TEXT NOT NULL,
                    job_id BIGINT
                )
                """,
                "CREATE INDEX library_timestamps_video ON library_timestamps (video_id, start_time)",
                """
                CREATE TABLE library_timeline (
                    id \(dialect.identity),
                    video_id BIGINT NOT NULL REFERENCES library_videos (id) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    start_time DOUBLE PRECISION NOT NULL,
                    end_time DOUBLE PRECISION NOT NULL,
                    text TEXT NOT NULL,
                    confidence DOUBLE PRECISION
                )
                """,
                "CREATE INDEX library_timeline_video ON library_timeline (video_id, kind, start_time)",
                "CREATE TABLE library_settings (id BIGINT PRIMARY KEY, value TEXT NOT NULL, updated_at BIGINT NOT NULL)",
            ]
        }
    ]
}
