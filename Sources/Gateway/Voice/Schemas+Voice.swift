import Foundations
import Media

extension Schemas {
    static let voice: [String: JSONValue] = [
        "TranscriptionRequest": [
            "type": "object", "required": ["file"],
            "properties": [
                "file": ["type": "string", "format": "binary"], "model": string, "language": string, "prompt": string,
                "response_format": choice(["json", "text", "srt", "verbose_json", "vtt"]), "temperature": ["type": "number", "minimum": 0, "maximum": 1],
                "timestamp_granularities[]": list(choice(["word", "segment"])), "stream": boolean,
            ],
        ],
        "Transcription": ["type": "object", "required": ["text"], "properties": ["text": string, "usage": ["type": "object"]]],
        "SpeechRequest": [
            "type": "object", "required": ["input"],
            "properties": [
                "model": string, "input": ["type": "string", "minLength": 1], "voice": ["anyOf": [string, ["type": "object"]]],
                "response_format": choice(AudioFormat.allCases.map(\.rawValue)), "speed": ["type": "number", "minimum": 0.25, "maximum": 4],
                "stream_format": choice(["audio", "sse"]),
            ],
        ],
        "VoiceList": object([
            "models": list(object(["id": string, "languages": list(string), "voices": list(string), "default": boolean])),
            "transcribers": list(object(["id": string, "languages": list(string), "voices": list(string), "default": boolean])),
        ]),
        "VoiceTurnRequest": [
            "type": "object",
            "properties": [
                "file": ["type": "string", "format": "binary"], "text": string, "live": string, "model": string, "transcriber": string,
                "synthesizer": string, "voice": string, "language": string, "speed": ["type": "number", "minimum": 0.25, "maximum": 4],
                "instructions": string, "conversation": string, "mode": choice(["both", "voice", "text"]),
                "format": choice(AudioFormat.allCases.map(\.rawValue)), "stream": boolean,
            ],
        ],
        "VoiceTurn": object([
            "conversation": string, "transcript": orNull(["type": "object"]), "question": string, "answer": string, "spoken": string, "model": string,
            "transcriber": orNull(string), "synthesizer": orNull(string),
            "stages": list(object(["stage": string, "start_ms": ["type": "number"], "end_ms": ["type": "number"]])),
            "first_text_ms": orNull(["type": "number"]), "first_audio_ms": orNull(["type": "number"]), "total_ms": ["type": "number"],
            "audio_seconds": ["type": "number"], "audio": orNull(["type": "object"]),
        ]),
        "LiveTranscription": object(["id": string, "sample_rate": integer, "expires_in_ms": integer]),
        "LiveTranscript": object(["segments": list(["type": "object"]), "text": string, "seconds": ["type": "number"]]),
        "Message": object([
            "id": integer, "timestamp": string, "platform": string, "direction": choice(["in", "out"]), "user_id": string, "chat_id": string,
            "conversation": orNull(string), "message_content": string, "message_type": string, "message_id": orNull(string),
            "raw_text": orNull(string), "formatted_text": orNull(string), "rendering_metadata": ["type": "object"],
        ]),
        "Messages": object(["messages": list(reference("Message")), "next": orNull(integer)]),
    ]
}
