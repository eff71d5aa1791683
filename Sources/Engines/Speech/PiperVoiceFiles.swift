import Foundation
import Foundations

/// A voice of Piper (https://github.com/rhasspy/piper), from the form it is published in to the one sherpa-onnx reads.
public enum PiperVoiceFiles {
    /// The fields of a voice's JSON that matter here.
    struct Description {
        var sampleRate: Int
        var speakers: Int
        /// espeak-ng's name of the language.
        var espeakVoice: String
        var ids: [(symbol: String, id: Int)]

        /// - Throws: `SpeechError.voiceMalformed`.
        init(_ json: Data) throws {
            guard let json = try? JSONValue(parsing: json), let rate = json["audio"]?["sample_rate"]?.intValue, (4000...192_000).contains(rate),
                let voice = json["espeak"]?["voice"]?.stringValue, !voice.isEmpty, voice.utf8.count < 64,
                case .object(let map)? = json["phoneme_id_map"], !map.isEmpty
            else { throw SpeechError.voiceMalformed }
            sampleRate = rate
            espeakVoice = voice
            speakers = max(1, json["num_speakers"]?.intValue ?? 1)
            ids = try map.map { symbol, value in
                guard let id = value.arrayValue?.first?.intValue, (0...65_535).contains(id), symbol.unicodeScalars.count == 1 else {
                    throw SpeechError.voiceMalformed
                }
                return (symbol, id)
            }.sorted { ($0.id, $0.symbol) < ($1.id, $1.symbol) }
        }
    }

    /// Writes `tokens.txt` from the voice's JSON: a line for each phoneme, then its number.
    /// - Throws: `SpeechError.voiceMalformed`.
    public static func tokens(json: Data) throws -> Data {
        Data(try Description(json).ids.map { "\($0.symbol) \($0.id)\n" }.joined().utf8)
    }

    /// Writes the model with the metadata that sherpa-onnx looks for behind it: in a protocol buffer, fields that come later are added to
    /// those before them.
    /// - Throws: `SpeechError.voiceMalformed`; of the files.
    public static func writeModel(_ model: URL, json: Data, to target: URL) throws {
        let voice = try Description(json)
        let metadata: KeyValuePairs = [
            "model_type": "vits", "comment": "piper", "language": voice.espeakVoice, "voice": voice.espeakVoice, "has_espeak": "1",
            "n_speakers": String(voice.speakers), "sample_rate": String(voice.sampleRate),
        ]
        try? FileManager.default.removeItem(at: target)
        try FileManager.default.copyItem(at: model, to: target)
        let file = try FileHandle(forWritingTo: target)
        defer { try? file.close() }
        try file.seekToEnd()
        for (key, value) in metadata {
            // ModelProto.metadata_props is field 14, an entry's key and value are 1 and 2 (onnx.proto3).
            let entry = field(1, Data(key.utf8)) + field(2, Data(value.utf8))
            try file.write(contentsOf: field(14, entry))
        }
    }

    /// A field of bytes; all of ours are shorter than 128.
    private static func field(_ number: UInt8, _ bytes: Data) -> Data { Data([number << 3 | 2, UInt8(bytes.count)]) + bytes }
}
