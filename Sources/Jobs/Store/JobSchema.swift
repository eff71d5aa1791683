/// The tables of jobs.
enum JobSchema {
    static let migrations = [
        Migration(1) { dialect in
            [
                """
                CREATE TABLE jobs (
                    id \(dialect.identity),
                    kind TEXT NOT NULL,
                    state TEXT NOT NULL,
                    payload TEXT NOT NULL,
                    subject TEXT,
                    exclusive_subject TEXT,
                    owner TEXT NOT NULL,
                    priority BIGINT NOT NULL,
                    batch TEXT,
                    parent BIGINT,
                    idempotency_key TEXT,
                    attempt BIGINT NOT NULL DEFAULT 0,
                    max_attempts BIGINT NOT NULL,
                    deaths BIGINT NOT NULL DEFAULT 0,
                    created_at BIGINT NOT NULL,
                    available_at BIGINT NOT NULL,
                    started_at BIGINT,
                    completed_at BIGINT,
                    fence BIGINT NOT NULL DEFAULT 0,
                    worker TEXT,
                    lease_until BIGINT,
                    stage TEXT,
                    done DOUBLE PRECISION NOT NULL DEFAULT 0,
                    total DOUBLE PRECISION,
                    unit TEXT,
                    fraction DOUBLE PRECISION NOT NULL DEFAULT 0,
                    rate DOUBLE PRECISION,
                    remaining DOUBLE PRECISION,
                    result TEXT,
                    error TEXT,
                    version BIGINT NOT NULL DEFAULT 1
                )
                """,
                // Workers look here all the time, however many jobs have ended.
                "CREATE INDEX jobs_waiting ON jobs (priority DESC, id) WHERE state IN ('pending', 'retrying')",
                // On nothing that a lease or progress changes: such changes leave PostgreSQL's indexes alone then.
                "CREATE INDEX jobs_processing ON jobs (id) WHERE state = 'processing'",
                "CREATE INDEX jobs_subject ON jobs (subject, id)",
                "CREATE INDEX jobs_batch ON jobs (batch, id) WHERE batch IS NOT NULL",
                "CREATE INDEX jobs_completed ON jobs (completed_at) WHERE completed_at IS NOT NULL",
                // The database, not a check beforehand, keeps two jobs from one subject.
                """
                CREATE UNIQUE INDEX jobs_exclusive ON jobs (kind, exclusive_subject)
                WHERE exclusive_subject IS NOT NULL AND state IN ('pending', 'processing', 'retrying')
                """,
                "CREATE UNIQUE INDEX jobs_idempotency ON jobs (owner, idempotency_key) WHERE idempotency_key IS NOT NULL",
                """
                CREATE TABLE job_checkpoints (
                    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (job_id, name)
                )
                """,
                """
                CREATE TABLE job_events (
                    id \(dialect.identity),
                    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                    at BIGINT NOT NULL,
                    event TEXT NOT NULL,
                    note TEXT
                )
                """,
                "CREATE INDEX job_events_job ON job_events (job_id, id)",
            ]
        },
        Migration(2) { _ in
            [
                "ALTER TABLE jobs ADD COLUMN serial_subject TEXT",
                // Tells the eldest of those that wait for each other. Other jobs aren't in it.
                """
                CREATE INDEX jobs_serial ON jobs (kind, serial_subject, id)
                WHERE serial_subject IS NOT NULL AND state IN ('pending', 'processing', 'retrying')
                """,
                // The database, not the look at the elders, keeps two of them from running at once.
                """
                CREATE UNIQUE INDEX jobs_serial_running ON jobs (kind, serial_subject)
                WHERE serial_subject IS NOT NULL AND state = 'processing'
                """,
            ]
        },
    ]
}
