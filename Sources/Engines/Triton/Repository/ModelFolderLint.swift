import Foundation

/// Checks a model's folder beside its configuration: versions, and the files that its backend loads.
struct ModelFolderLint {
    private let model: String
    private(set) var findings: [RepositoryFinding] = []

    /// The files that backends load by default, by backend or platform.
    private static let files: [String: [String]] = [
        "onnxruntime": ["model.onnx"], "onnxruntime_onnx": ["model.onnx"], "tensorrt": ["model.plan"],
        "tensorrt_plan": ["model.plan"], "pytorch": ["model.pt"], "pytorch_libtorch": ["model.pt"], "python": ["model.py"],
        "openvino": ["model.xml"], "vllm": ["model.json"], "dali": ["model.dali"],
        "tensorflow_savedmodel": ["model.savedmodel"], "tensorflow_graphdef": ["model.graphdef"],
        "tensorflow": ["model.savedmodel", "model.graphdef"],
    ]

    init(model: String, folder: URL, config: TextProto?) {
        self.model = model
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isDirectoryKey])) ?? []
        let folders = entries.filter(TritonRepository.isFolder)
        let versions = folders.filter { Int($0.lastPathComponent).map { $0 > 0 } ?? false }
        for version in folders where FileManager.default.fileExists(atPath: version.appending(path: "config.pbtxt").path) {
            add(
                .error, "config_in_version", "\(version.lastPathComponent)/config.pbtxt",
                "config.pbtxt belongs in the model's folder, above the version. Triton doesn't read it here.")
        }
        if versions.isEmpty {
            add(.error, "version_missing", "", "There is no version: a folder named by a whole number, such as 1.")
        }
        guard let config else { return }
        let kind = config.text("backend").flatMap { $0.isEmpty ? nil : $0 } ?? config.text("platform") ?? ""
        for version in versions {
            if let name = config.text("default_model_filename") {
                require([name], in: version, .error)
            } else if let names = Self.files[kind] {
                // Python code may come later, from the backend's own repository.
                require(names, in: version, kind == "python" ? .warning : .error)
            } else if kind == "tensorrtllm" {
                checkEngine(config, version)
            }
        }
        checkTokenizer(config)
    }

    private mutating func require(_ names: [String], in version: URL, _ severity: RepositoryFinding.Severity) {
        guard !names.contains(where: { FileManager.default.fileExists(atPath: version.appending(path: $0).path) }) else { return }
        add(severity, "file_missing", version.lastPathComponent, "\(names.joined(separator: " or ")) is missing here.")
    }

    private mutating func checkEngine(_ config: TextProto, _ version: URL) {
        let named = Self.parameter(config, "gpt_model_path").map { URL(fileURLWithPath: $0, isDirectory: true) }
        if Self.has(in: named ?? version, { $0.hasSuffix(".engine") }) { return }
        add(
            .warning, "engine_missing", version.lastPathComponent,
            named == nil
                ? "There is no .engine here and no parameter gpt_model_path. Build one with trtllm-build."
                : "The folder in gpt_model_path holds no .engine on this machine. Build one with trtllm-build, or check it where Triton runs.")
    }

    private mutating func checkTokenizer(_ config: TextProto) {
        guard let path = Self.parameter(config, "tokenizer_dir") else { return }
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        if Self.has(in: folder, { $0.hasSuffix(".json") && ($0.hasPrefix("tokenizer") || $0.hasPrefix("vocab")) || $0 == "tokenizer.model" }) { return }
        add(
            .warning, "tokenizer_missing", "config.pbtxt",
            "The folder in tokenizer_dir holds no tokenizer on this machine. Put it there, or check it where Triton runs.")
    }

    private static func parameter(_ config: TextProto, _ key: String) -> String? {
        config.messages("parameters").first { $0.text("key") == key }?.messages("value").first?.text("string_value")
    }

    private static func has(in folder: URL, _ isIt: (String) -> Bool) -> Bool {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).contains(where: isIt)
    }

    private mutating func add(_ severity: RepositoryFinding.Severity, _ code: String, _ file: String, _ message: String) {
        findings.append(
            RepositoryFinding(
                severity: severity, code: code, file: file.isEmpty ? model : "\(model)/\(file)", line: nil, message: message))
    }
}
