import Jobs

/// The tables of conversations: messages, and what is kept of those who write to bots. Turns themselves are jobs.
enum VoiceSchema {
    static let part = "voice"

    static let migrations = [
        Migration(1) { dialect in
            [
                """
                CREATE TABLE voice_messages (
                    id \(dialect.identity),
                    at BIGINT NOT NULL,
                    platform TEXT NOT NULL,
                    direction TEXT NOT NULL,
                    user_id TEXT NOT NULL,
                    chat_id TEXT NOT NULL,
                    conversation TEXT,
                    turn BIGINT,
                    is_remembered BIGINT NOT NULL DEFAULT 0,
                    message_type TEXT NOT NULL,
                    message_id TEXT,
                    content TEXT NOT NULL,
                    raw_text TEXT,
                    formatted_text TEXT,
                    metadata TEXT NOT NULL
                )
                """,
                "CREATE INDEX voice_messages_at ON voice_messages (at)",
                "CREATE INDEX voice_messages_user ON voice_messages (user_id, id)",
                "CREATE INDEX voice_messages_chat ON voice_messages (chat_id, id)",
                "CREATE INDEX voice_messages_memory ON voice_messages (conversation, turn, direction) WHERE is_remembered = 1",
                "CREATE INDEX voice_messages_conversation ON voice_messages (conversation, id) WHERE conversation IS NOT NULL",
                // Behind which message a conversation begins anew.
                "CREATE TABLE voice_resets (conversation TEXT PRIMARY KEY, after_id BIGINT NOT NULL)",
                """
                CREATE TABLE voice_preferences (
                    platform TEXT NOT NULL,
                    user_id TEXT NOT NULL,
                    chat_id TEXT NOT NULL,
                    value TEXT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    PRIMARY KEY (platform, user_id, chat_id)
                )
                """,
                """
                CREATE TABLE voice_senders (
                    platform TEXT NOT NULL,
                    user_id TEXT NOT NULL,
                    seen_at BIGINT NOT NULL,
                    refused_at BIGINT,
                    slowed_at BIGINT,
                    blocked_at BIGINT,
                    blocked_by TEXT,
                    reason TEXT,
                    PRIMARY KEY (platform, user_id)
                )
                """,
                "CREATE INDEX voice_senders_blocked ON voice_senders (platform, blocked_at) WHERE blocked_at IS NOT NULL",
                // When messages of each sender were accepted: rates are counted from it.
                "CREATE TABLE voice_accepted (platform TEXT NOT NULL, user_id TEXT NOT NULL, at BIGINT NOT NULL)",
                "CREATE INDEX voice_accepted_user ON voice_accepted (platform, user_id, at)",
                "CREATE INDEX voice_accepted_at ON voice_accepted (at)",
                // What was received, however often it is delivered.
                """
                CREATE TABLE voice_updates (
                    platform TEXT NOT NULL,
                    update_id TEXT NOT NULL,
                    at BIGINT NOT NULL,
                    PRIMARY KEY (platform, update_id)
                )
                """,
                "CREATE INDEX voice_updates_at ON voice_updates (at)",
            ]
        }
    ]
}
