import CSherpaOnnx
import Foundation

/// A model that transcribes, by its files.
public struct SpeechModel: Sendable, Equatable {
    /// How the model is built, which decides its files.
    public enum Family: String, Sendable, Codable, CaseIterable {
        /// Moonshine of the second form (arXiv:2410.15608): encoder, merged decoder.
        case moonshine
        /// Whisper (arXiv:2212.04356): encoder, decoder.
        case whisper
        /// NVIDIA's Parakeet TDT and other offline transducers of NeMo: encoder, decoder, joiner.
        case transducer
        /// NVIDIA's Parakeet CTC and other CTC models of NeMo: one model.
        case ctc
        /// SenseVoice (arXiv:2407.04051): one model.
        case senseVoice
        /// Zipformer (arXiv:2310.11230) made for streaming: encoder, decoder, joiner.
        case streamingTransducer
    }

    /// The model as people know it; goes into messages.
    public var name: String
    public var family: Family
    /// The encoder, or the only model.
    public var encoder: URL
    public var decoder: URL?
    public var joiner: URL?
    public var tokens: URL
    /// Silero's voice detector; `nil`: sound is cut at quiet places. Streaming models need none.
    public var voiceDetector: URL?
    /// ISO 639-1; empty: many.
    public var languages: [String]

    public init(
        name: String, family: Family, encoder: URL, decoder: URL? = nil, joiner: URL? = nil, tokens: URL, voiceDetector: URL? = nil,
        languages: [String] = []
    ) {
        self.name = name
        self.family = family
        self.encoder = encoder
        self.decoder = decoder
        self.joiner = joiner
        self.tokens = tokens
        self.voiceDetector = voiceDetector
        self.languages = languages
    }

    /// - Throws: `NativeEngineError.modelMissing`.
    func checkFiles() throws {
        for file in [encoder, decoder, joiner, tokens].compactMap(\.self) where !FileManager.default.isReadableFile(atPath: file.path) {
            throw NativeEngineError.modelMissing(name: name)
        }
        if let voiceDetector, !FileManager.default.isReadableFile(atPath: voiceDetector.path) {
            throw NativeEngineError.modelMissing(name: "Silero VAD")
        }
    }

    /// Calls `body` with the options as the C shim takes them; the texts live as long as the call.
    /// - Returns: `nil` without a call for a family that sherpa-onnx doesn't run.
    func withOptions<T>(threads: Int, _ body: (SpeechRecogniserOptions) -> T?) -> T? {
        guard let family = family.shim else { return nil }
        func optional<R>(_ url: URL?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
            guard let url else { return body(nil) }
            return url.path.withCString { body($0) }
        }
        return optional(encoder) { encoder in
            optional(decoder) { decoder in
                optional(joiner) { joiner in
                    optional(tokens) { tokens in
                        body(
                            SpeechRecogniserOptions(
                                family: family, encoder: encoder, decoder: decoder, joiner: joiner, tokens: tokens,
                                threads: Int32(max(1, threads))))
                    }
                }
            }
        }
    }
}

extension SpeechModel.Family {
    /// `nil`: sherpa-onnx doesn't run it for us.
    fileprivate var shim: SpeechFamily? {
        switch self {
        case .moonshine: nil
        case .whisper: SPEECH_WHISPER
        case .transducer, .streamingTransducer: SPEECH_TRANSDUCER
        case .ctc: SPEECH_CTC
        case .senseVoice: SPEECH_SENSE_VOICE
        }
    }
}
