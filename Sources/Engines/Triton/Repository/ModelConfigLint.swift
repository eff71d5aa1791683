/// Checks one `config.pbtxt` against what Triton takes (its `model_config.proto`), without looking at any other file.
struct ModelConfigLint {
    let model: String
    let file: String
    private(set) var findings: [RepositoryFinding] = []

    private static let fields: Set = [
        "name", "platform", "backend", "runtime", "version_policy", "max_batch_size", "input", "output", "batch_input",
        "batch_output", "optimization", "dynamic_batching", "sequence_batching", "ensemble_scheduling", "instance_group",
        "default_model_filename", "cc_model_filenames", "metric_tags", "parameters", "model_warmup", "model_operations",
        "model_transaction_policy", "model_repository_agents", "response_cache", "model_metrics",
    ]
    private static let inputFields: Set = [
        "name", "data_type", "format", "dims", "reshape", "is_shape_tensor", "allow_ragged_batch", "optional",
        "is_non_linear_format_io",
    ]
    private static let outputFields: Set = [
        "name", "data_type", "dims", "reshape", "label_filename", "is_shape_tensor", "is_non_linear_format_io",
    ]
    private static let types: Set = [
        "TYPE_BOOL", "TYPE_UINT8", "TYPE_UINT16", "TYPE_UINT32", "TYPE_UINT64", "TYPE_INT8", "TYPE_INT16", "TYPE_INT32",
        "TYPE_INT64", "TYPE_FP16", "TYPE_FP32", "TYPE_FP64", "TYPE_STRING", "TYPE_BF16",
    ]
    private static let kinds: Set = ["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"]

    /// - Parameter model: the name of its folder.
    init(_ config: TextProto, model: String, file: String) {
        self.model = model
        self.file = file
        checkFields(config)
        checkPlaceholders(config)
        checkPorts(config.messages("input"), config["input"], Self.inputFields, "input")
        checkPorts(config.messages("output"), config["output"], Self.outputFields, "output")
        for field in config["instance_group"] {
            let kind = field.message?.first("kind")
            if let kind, let word = kind.scalar, !Self.kinds.contains(word) {
                add(.error, "unknown_kind", kind.line, "There is no instance kind \(word). Write one of \(Self.kinds.sorted().joined(separator: ", ")).")
            }
        }
    }

    private mutating func checkFields(_ config: TextProto) {
        for field in config.fields where !Self.fields.contains(field.name) {
            add(.error, "unknown_field", field.line, "Triton knows no field '\(field.name)' and refuses the file.")
        }
        if let name = config.first("name"), let text = name.scalar, text != model {
            add(
                .error, "name_mismatch", name.line,
                "The name '\(text)' isn't that of the folder. Write '\(model)', or leave the field out.")
        }
        let backend = config.text("backend") ?? ""
        let platform = config.text("platform") ?? ""
        if let line = config.first("platform")?.line, ["tensorrt_llm", "tensorrtllm"].contains(platform) {
            add(
                .error, "unknown_platform", line,
                "TensorRT-LLM is a backend, not a platform. Write backend: \"tensorrtllm\" in its place.")
        } else if backend.isEmpty, platform.isEmpty, config.text("default_model_filename") == nil {
            add(
                .warning, "backend_missing", nil,
                "Neither backend nor platform is named. Triton guesses from the file's name; say which.")
        }
        if let size = config.first("max_batch_size"), size.scalar?.contains("$") == false {
            if size.integer == nil || size.integer ?? 0 < 0 {
                add(.error, "invalid_batch_size", size.line, "max_batch_size must be a whole number, 0 or more.")
            } else if size.integer == 0, let batching = config.first("dynamic_batching") {
                add(.error, "batching_without_batch", batching.line, "dynamic_batching needs a max_batch_size of 1 or more.")
            }
        }
        if platform == "ensemble", config.first("ensemble_scheduling") == nil {
            add(.error, "ensemble_without_steps", nil, "An ensemble needs ensemble_scheduling with its steps.")
        }
    }

    private mutating func checkPlaceholders(_ config: TextProto) {
        for field in config.fields {
            switch field.value {
            case .scalar(let text, _) where text.contains("${"):
                add(.error, "placeholder", field.line, "'\(field.name)' still holds the placeholder \(text). Fill it in.")
            case .message(let inner): checkPlaceholders(inner)
            case .scalar: break
            }
        }
    }

    private mutating func checkPorts(
        _ ports: [TextProto], _ places: [TextProto.Field], _ known: Set<String>, _ word: String
    ) {
        var seen: Set<String> = []
        for (port, place) in zip(ports, places) {
            guard let name = port.text("name"), !name.isEmpty else {
                add(.error, "name_missing", place.line, "This \(word) has no name.")
                continue
            }
            if !seen.insert(name).inserted {
                add(.error, "duplicate_name", place.line, "Two \(word)s are named '\(name)'.")
            }
            for field in port.fields where !known.contains(field.name) {
                add(.error, "unknown_field", field.line, "An \(word) has no field '\(field.name)'.")
            }
            let type = port.text("data_type")
            if let type, !Self.types.contains(type), !type.contains("$") {
                add(
                    .error, "unknown_type", port.first("data_type")?.line ?? place.line,
                    "'\(name)' has the unknown type \(type). Text is TYPE_STRING, a float TYPE_FP32.")
            } else if type == nil {
                add(.error, "type_missing", place.line, "'\(name)' has no data_type.")
            }
            let dims = port["dims"]
            if dims.isEmpty { add(.error, "dims_missing", place.line, "'\(name)' has no dims. Write [ -1 ] for any length.") }
            for size in dims where size.scalar?.contains("$") == false && !(size.integer.map { $0 == -1 || $0 > 0 } ?? false) {
                add(
                    .error, "invalid_dims", size.line,
                    "'\(name)' has the size \(size.scalar ?? "?"). A size is 1 or more, or -1 where it isn't fixed.")
            }
        }
    }

    private mutating func add(_ severity: RepositoryFinding.Severity, _ code: String, _ line: Int?, _ message: String) {
        findings.append(RepositoryFinding(severity: severity, code: code, file: file, line: line, message: message))
    }
}
