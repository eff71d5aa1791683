import Foundation
import Foundations

/// A new model for a Triton repository: which files it needs and what is written in them.
public struct ModelTemplate: Sendable {
    /// How the model is put together.
    public enum Layout: String, Sendable, CaseIterable {
        /// TensorRT-LLM: text to tokens, the engine, tokens to text, and an ensemble of the three.
        case ensemble
        /// TensorRT-LLM: the same three behind a Python model that calls them (business logic scripting).
        case bls
        /// The vLLM backend, which fetches its model itself.
        case vllm
        /// An ONNX file.
        case onnx
        /// A Python model of one's own.
        case python
    }

    /// A tensor that a model takes or gives.
    public struct Port: Sendable, Equatable {
        public var name: String
        /// As the configuration writes it: `TYPE_FP32`.
        public var type: String
        public var dims: [Int]

        public init(name: String, type: String, dims: [Int]) {
            self.name = name
            self.type = type
            self.dims = dims
        }

        /// Reads `name:TYPE:dims`, as in `pixels:FP32:3,224,224`; no dims: any length.
        public init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(parts.count), !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            let sizes = parts.count < 3 ? [-1] : parts[2].split(separator: ",").map { Int($0) }
            guard !sizes.isEmpty, !sizes.contains(nil) else { return nil }
            let type = parts[1].uppercased()
            self.init(name: parts[0], type: type.hasPrefix("TYPE_") ? type : "TYPE_\(type)", dims: sizes.compactMap(\.self))
        }
    }

    public var model: String
    public var layout: Layout
    public var version = 1
    /// Requests that are worked on together; 0: the model takes no batches.
    public var maxBatchSize = 8
    public var instances = 1
    /// Whether instances run on graphics processors, where the layout leaves the choice.
    public var usesGPU = true
    /// Whether answers come piece by piece.
    public var streams = true
    /// Where Triton finds the TensorRT-LLM engine; `nil`: in the model's version folder.
    public var engineFolder: String?
    /// Where Triton finds the tokenizer; `nil`: where the engine is.
    public var tokenizerFolder: String?
    /// vLLM: the model's name on the hub, or its folder.
    public var source: String?
    public var inputs: [Port] = []
    public var outputs: [Port] = []

    public init(model: String, layout: Layout) {
        self.model = model
        self.layout = layout
    }

    /// The models that it consists of, the one that callers ask first.
    public var models: [String] {
        switch layout {
        case .ensemble, .bls: [model, preprocessing, engine, postprocessing]
        case .vllm, .onnx, .python: [model]
        }
    }

    // The Python code of the BLS model asks its helpers by these very names; an ensemble's helpers can stand beside others'.
    private var preprocessing: String { layout == .bls ? "preprocessing" : "\(model)_preprocessing" }
    private var engine: String { layout == .bls ? "tensorrt_llm" : "\(model)_tensorrt_llm" }
    private var postprocessing: String { layout == .bls ? "postprocessing" : "\(model)_postprocessing" }

    struct File {
        var path: String
        var text: String
    }

    /// The version folders, relative to the repository.
    var folders: [String] { models.map { "\($0)/\(version)" } }

    /// What a person has to do before Triton can load it, one sentence each.
    public var remainingSteps: [String] {
        switch layout {
        case .ensemble, .bls:
            [
                "Build the engine with trtllm-build"
                    + (engineFolder.map { " into \($0)." } ?? " into \(engine)/\(version)."),
                "Copy model.py of preprocessing and postprocessing" + (layout == .bls ? " and tensorrt_llm_bls" : "")
                    + " from the tensorrtllm_backend release that fits your Triton into the version folders.",
            ]
        case .onnx: ["Copy the ONNX file to \(model)/\(version)/model.onnx."]
        case .python: ["Write \(model)/\(version)/model.py with a class TritonPythonModel."]
        case .vllm: []
        }
    }

    /// - Throws: `RepositoryError.invalidModel`.
    func files(in root: URL) throws -> [File] {
        for name in models where !ModelName.isPlain(name) {
            throw RepositoryError.invalidModel(reason: "A model's name is made of letters, digits, '.', '-' and '_'.")
        }
        guard version > 0 else { throw RepositoryError.invalidModel(reason: "A version is a whole number, 1 or more.") }
        switch layout {
        case .ensemble, .bls:
            let engineFolder = engineFolder ?? root.appending(path: "\(engine)/\(version)").standardizedFileURL.path
            let tokenizer = tokenizerFolder ?? engineFolder
            return [
                config(model, layout == .bls ? blsConfig : ensembleConfig),
                config(preprocessing, preprocessingConfig(tokenizer)),
                config(engine, engineConfig(engineFolder)),
                config(postprocessing, postprocessingConfig(tokenizer)),
            ]
        case .vllm:
            guard let source, !source.isEmpty else {
                throw RepositoryError.invalidModel(reason: "The vllm layout needs a --source: the model's name on the hub, or its folder.")
            }
            let engine: JSONValue = ["model": .string(source), "gpu_memory_utilization": 0.9]
            // The backend completes its inputs and outputs by itself.
            return [
                config(model, "backend: \"vllm\"\n\n" + group(kind: "KIND_MODEL")),
                File(path: "\(model)/\(version)/model.json", text: String(decoding: engine.encoded(pretty: true), as: UTF8.self) + "\n"),
            ]
        case .onnx:
            return [config(model, "backend: \"onnxruntime\"\n" + batch + "\n" + ports + group(kind: usesGPU ? "KIND_GPU" : "KIND_CPU"))]
        case .python:
            guard !inputs.isEmpty, !outputs.isEmpty else {
                throw RepositoryError.invalidModel(reason: "The python layout needs at least one --input and one --output, as name:TYPE:dims.")
            }
            return [config(model, "backend: \"python\"\n" + batch + "\n" + ports + group(kind: usesGPU ? "KIND_GPU" : "KIND_CPU"))]
        }
    }

    private func config(_ model: String, _ body: String) -> File {
        File(path: "\(model)/config.pbtxt", text: "name: \"\(model)\"\n" + body)
    }

    // MARK: Parts

    private var batch: String { "max_batch_size: \(maxBatchSize)\n" }
    private var policy: String { "model_transaction_policy {\n  decoupled: \(streams)\n}\n" }

    private func group(kind: String, count: Int? = nil) -> String {
        "instance_group [\n  {\n    count: \(count ?? instances)\n    kind: \(kind)\n  }\n]\n"
    }

    private var ports: String {
        (inputs.isEmpty ? "" : Self.list("input", inputs.map { Self.port($0) }) + "\n")
            + (outputs.isEmpty ? "" : Self.list("output", outputs.map { Self.port($0) }) + "\n")
    }

    private static func list(_ name: String, _ entries: [String]) -> String {
        "\(name) [\n" + entries.joined(separator: ",\n") + "\n]\n"
    }

    private static func port(_ port: Port, isOptional: Bool = false, _ more: String...) -> String {
        var lines = ["name: \"\(port.name)\"", "data_type: \(port.type)", "dims: [ \(port.dims.map(String.init).joined(separator: ", ")) ]"]
        lines += more
        if isOptional { lines.append("optional: true") }
        return "  {\n" + lines.map { "    \($0)\n" }.joined() + "  }"
    }

    private static func parameter(_ key: String, _ value: String) -> String {
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "parameters {\n  key: \"\(key)\"\n  value: {\n    string_value: \"\(escaped)\"\n  }\n}\n"
    }

    // MARK: TensorRT-LLM

    /// What the ensemble and the BLS model take, and what the engine calls it. Names and types are those that TensorRT-LLM's backend gives
    /// its models (https://github.com/triton-inference-server/tensorrtllm_backend).
    private static let sampling: [(name: String, type: String, engine: String)] = [
        ("end_id", "TYPE_INT32", "end_id"), ("pad_id", "TYPE_INT32", "pad_id"), ("top_k", "TYPE_INT32", "runtime_top_k"),
        ("top_p", "TYPE_FP32", "runtime_top_p"), ("temperature", "TYPE_FP32", "temperature"),
        ("length_penalty", "TYPE_FP32", "len_penalty"), ("repetition_penalty", "TYPE_FP32", "repetition_penalty"),
        ("min_length", "TYPE_INT32", "min_length"), ("presence_penalty", "TYPE_FP32", "presence_penalty"),
        ("frequency_penalty", "TYPE_FP32", "frequency_penalty"), ("random_seed", "TYPE_UINT64", "random_seed"),
        ("beam_width", "TYPE_INT32", "beam_width"), ("stream", "TYPE_BOOL", "streaming"),
    ]

    /// The inputs and outputs that callers see.
    private var textPorts: String {
        let required = [Port(name: "text_input", type: "TYPE_STRING", dims: [1]), Port(name: "max_tokens", type: "TYPE_INT32", dims: [1])]
        let words = ["bad_words", "stop_words"].map { Port(name: $0, type: "TYPE_STRING", dims: [-1]) }
        let options = words + Self.sampling.map { Port(name: $0.name, type: $0.type, dims: [1]) }
        return Self.list("input", required.map { Self.port($0) } + options.map { Self.port($0, isOptional: true) }) + "\n"
            + Self.list("output", [Self.port(Port(name: "text_output", type: "TYPE_STRING", dims: [-1]))]) + "\n"
    }

    private var blsConfig: String {
        "backend: \"python\"\n" + batch + "\n" + policy + "\n" + textPorts
            + Self.parameter("accumulate_tokens", "false") + Self.parameter("tensorrt_llm_model_name", engine) + "\n"
            + group(kind: "KIND_CPU", count: max(instances, maxBatchSize))
    }

    private var ensembleConfig: String {
        let steps = [
            Self.step(
                preprocessing,
                inputs: [
                    ("QUERY", "text_input"), ("REQUEST_OUTPUT_LEN", "max_tokens"), ("BAD_WORDS_DICT", "bad_words"),
                    ("STOP_WORDS_DICT", "stop_words"), ("END_ID", "end_id"), ("PAD_ID", "pad_id"),
                ],
                outputs: [
                    ("INPUT_ID", "_input_ids"), ("REQUEST_INPUT_LEN", "_input_lengths"),
                    ("REQUEST_OUTPUT_LEN", "_output_length"), ("BAD_WORDS_IDS", "_bad_words"),
                    ("STOP_WORDS_IDS", "_stop_words"), ("OUT_END_ID", "_end_id"), ("OUT_PAD_ID", "_pad_id"),
                ]),
            Self.step(
                engine,
                inputs: [
                    ("input_ids", "_input_ids"), ("input_lengths", "_input_lengths"), ("request_output_len", "_output_length"),
                    ("end_id", "_end_id"), ("pad_id", "_pad_id"), ("bad_words_list", "_bad_words"),
                    ("stop_words_list", "_stop_words"),
                ] + Self.sampling.dropFirst(2).map { ($0.engine, $0.name) },
                outputs: [("output_ids", "_output_ids"), ("sequence_length", "_sequence_length")]),
            Self.step(
                postprocessing, inputs: [("TOKENS_BATCH", "_output_ids"), ("SEQUENCE_LENGTH", "_sequence_length")],
                outputs: [("OUTPUT", "text_output")]),
        ]
        return "platform: \"ensemble\"\n" + batch + "\n" + textPorts + "ensemble_scheduling {\n  step [\n"
            + steps.joined(separator: ",\n") + "\n  ]\n}\n"
    }

    private static func step(_ model: String, inputs: [(String, String)], outputs: [(String, String)]) -> String {
        func map(_ name: String, _ pairs: [(String, String)]) -> String {
            pairs.map { "      \(name) {\n        key: \"\($0.0)\"\n        value: \"\($0.1)\"\n      }\n" }.joined()
        }
        return "    {\n      model_name: \"\(model)\"\n      model_version: -1\n" + map("input_map", inputs)
            + map("output_map", outputs) + "    }"
    }

    private func preprocessingConfig(_ tokenizer: String) -> String {
        let inputs = [
            Self.port(Port(name: "QUERY", type: "TYPE_STRING", dims: [1])),
            Self.port(Port(name: "REQUEST_OUTPUT_LEN", type: "TYPE_INT32", dims: [1])),
            Self.port(Port(name: "BAD_WORDS_DICT", type: "TYPE_STRING", dims: [-1]), isOptional: true),
            Self.port(Port(name: "STOP_WORDS_DICT", type: "TYPE_STRING", dims: [-1]), isOptional: true),
            Self.port(Port(name: "END_ID", type: "TYPE_INT32", dims: [1]), isOptional: true),
            Self.port(Port(name: "PAD_ID", type: "TYPE_INT32", dims: [1]), isOptional: true),
        ]
        let outputs = [
            ("INPUT_ID", [-1]), ("REQUEST_INPUT_LEN", [1]), ("REQUEST_OUTPUT_LEN", [-1]), ("BAD_WORDS_IDS", [2, -1]),
            ("STOP_WORDS_IDS", [2, -1]), ("OUT_END_ID", [1]), ("OUT_PAD_ID", [1]),
        ].map { Self.port(Port(name: $0.0, type: "TYPE_INT32", dims: $0.1)) }
        return "backend: \"python\"\n" + batch + "\n" + Self.list("input", inputs) + "\n" + Self.list("output", outputs) + "\n"
            + Self.parameter("tokenizer_dir", tokenizer) + Self.parameter("add_special_tokens", "true") + "\n"
            + group(kind: "KIND_CPU")
    }

    private func postprocessingConfig(_ tokenizer: String) -> String {
        let inputs = [
            Self.port(Port(name: "TOKENS_BATCH", type: "TYPE_INT32", dims: [-1, -1])),
            Self.port(Port(name: "SEQUENCE_LENGTH", type: "TYPE_INT32", dims: [-1])),
        ]
        return "backend: \"python\"\n" + batch + "\n" + Self.list("input", inputs) + "\n"
            + Self.list("output", [Self.port(Port(name: "OUTPUT", type: "TYPE_STRING", dims: [-1]))]) + "\n"
            + Self.parameter("tokenizer_dir", tokenizer) + Self.parameter("skip_special_tokens", "true") + "\n"
            + group(kind: "KIND_CPU")
    }

    private func engineConfig(_ folder: String) -> String {
        let scalar = "reshape: { shape: [ ] }"
        let ragged = "allow_ragged_batch: true"
        var inputs = [
            Self.port(Port(name: "input_ids", type: "TYPE_INT32", dims: [-1]), ragged),
            Self.port(Port(name: "input_lengths", type: "TYPE_INT32", dims: [1]), scalar),
            Self.port(Port(name: "request_output_len", type: "TYPE_INT32", dims: [1])),
            Self.port(Port(name: "stop_words_list", type: "TYPE_INT32", dims: [2, -1]), isOptional: true, ragged),
            Self.port(Port(name: "bad_words_list", type: "TYPE_INT32", dims: [2, -1]), isOptional: true, ragged),
        ]
        inputs += Self.sampling.map { option in
            let port = Port(name: option.engine, type: option.type, dims: [1])
            return option.engine == "streaming" ? Self.port(port, isOptional: true) : Self.port(port, isOptional: true, scalar)
        }
        inputs.append(Self.port(Port(name: "stop", type: "TYPE_BOOL", dims: [1]), isOptional: true))
        let outputs = [
            Self.port(Port(name: "output_ids", type: "TYPE_INT32", dims: [-1, -1])),
            Self.port(Port(name: "sequence_length", type: "TYPE_INT32", dims: [-1])),
        ]
        return "backend: \"tensorrtllm\"\n" + batch + "\n" + policy + "\n" + Self.list("input", inputs) + "\n"
            + Self.list("output", outputs) + "\n"
            // The backend places the engine by itself; its one instance only hands requests over.
            + group(kind: "KIND_CPU", count: 1) + Self.parameter("gpt_model_type", "inflight_fused_batching")
            + Self.parameter("gpt_model_path", folder) + Self.parameter("exclude_input_in_output", "true")
            + Self.parameter("kv_cache_free_gpu_mem_fraction", "0.9") + Self.parameter("enable_kv_cache_reuse", "true")
    }
}
