import Foundations

/// What is sent to the gateway.
enum DiscordPayload {
    /// Messages in servers and to the bot itself, with what stands in them.
    static let intents = 1 << 9 | 1 << 12 | 1 << 15

    static func identify(token: String) -> JSONValue {
        [
            "op": 2,
            "d": [
                "token": .string(token), "intents": .integer(intents),
                "properties": ["os": "linux", "browser": "martlet", "device": "martlet"],
            ],
        ]
    }

    static func resume(token: String, session: String, sequence: Int) -> JSONValue {
        ["op": 6, "d": ["token": .string(token), "session_id": .string(session), "seq": .integer(sequence)]]
    }

    static func heartbeat(_ sequence: Int?) -> JSONValue { ["op": 1, "d": sequence.map(JSONValue.integer) ?? .null] }
}
