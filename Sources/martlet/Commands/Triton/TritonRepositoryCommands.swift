import ArgumentParser
import Engines
import Foundation
import Foundations

extension TritonCommand {
    struct Setup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a model's folders and configuration into a repository.",
            discussion: """
                Layouts: ensemble and bls (TensorRT-LLM: preprocessing, engine, postprocessing), vllm, onnx, python.

                Examples:
                  martlet triton setup qwen --repository /models --engine-dir /engines/qwen --tokenizer-dir /hf/qwen
                  martlet triton setup qwen --layout vllm --source Qwen/Qwen2.5-7B-Instruct
                  martlet triton setup scorer --layout onnx --input features:FP32:128 --output score:FP32:1 --cpu
                """)
        @Argument(help: "The model's name.")
        var model: String

        @Option(help: "How it is put together: ensemble, bls, vllm, onnx or python.")
        var layout = ModelTemplate.Layout.ensemble

        @Option(help: "The version's number.")
        var version = 1

        @Option(help: "Requests worked on together; 0: the model takes no batches. Default: 8; onnx and python: 0.")
        var maxBatchSize: Int?

        @Option(help: "Instances of the model.")
        var instances = 1

        @Option(help: "TensorRT-LLM: where Triton finds the engine. Default: the model's version folder.")
        var engineDir: String?

        @Option(help: "TensorRT-LLM: where Triton finds the tokenizer. Default: where the engine is.")
        var tokenizerDir: String?

        @Option(help: "vllm: the model's name on the hub, or its folder.")
        var source: String?

        @Option(help: ArgumentHelp("onnx, python: an input, for example pixels:FP32:3,224,224. Repeat it for more.", valueName: "name:type:dims"))
        var input: [String] = []

        @Option(help: ArgumentHelp("onnx, python: an output.", valueName: "name:type:dims"))
        var output: [String] = []

        @Flag(help: "onnx, python: run on the processor.")
        var cpu = false

        @Flag(inversion: .prefixedNo, help: "TensorRT-LLM: answers come piece by piece.")
        var streaming = true

        @Flag(help: "Write over files that are there.")
        var force = false

        @OptionGroup var place: TritonRepositoryOptions
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if let maxBatchSize, !(0...4096).contains(maxBatchSize) { throw ValidationError("--max-batch-size takes from 0 to 4096.") }
            if !(1...1024).contains(instances) { throw ValidationError("--instances takes from 1 to 1024.") }
            for port in input + output where ModelTemplate.Port(port) == nil {
                throw ValidationError("\"\(port)\" isn't name:type:dims, as in pixels:FP32:3,224,224.")
            }
        }

        func run() async throws {
            var template = ModelTemplate(model: model, layout: layout)
            template.version = version
            template.maxBatchSize = maxBatchSize ?? (layout == .onnx || layout == .python ? 0 : 8)
            template.instances = instances
            template.usesGPU = !cpu
            template.streams = streaming
            template.engineFolder = engineDir
            template.tokenizerFolder = tokenizerDir
            template.source = source
            template.inputs = input.compactMap(ModelTemplate.Port.init)
            template.outputs = output.compactMap(ModelTemplate.Port.init)
            let made = template
            let (repository, force) = (place.folder, force)
            let files = try await WorkerThreads(name: "repository", width: 1).run {
                try repository.create(made, overwriting: force)
            }
            if global.json {
                return printJSON([
                    "models": .array(made.models.map(JSONValue.string)), "files": .array(files.map(JSONValue.string)),
                    "remaining_steps": .array(made.remainingSteps.map(JSONValue.string)),
                ])
            }
            for file in files { print("Wrote \(file)") }
            if !made.remainingSteps.isEmpty { print("\nBefore Triton can load it:") }
            for step in made.remainingSteps { print("- \(step)") }
            print("\nCheck it with: martlet triton validate \(made.models.joined(separator: " "))")
        }
    }

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check models of a repository: config.pbtxt, versions, files, and how ensembles hang together.",
            discussion: """
                Errors keep Triton from loading a model; warnings may. Exits with 2 when there are errors.

                Examples:
                  martlet triton validate --repository /models
                  martlet triton validate qwen --json
                """)
        @Argument(help: "Models. Default: all.")
        var models: [String] = []

        @OptionGroup var place: TritonRepositoryOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let (repository, models) = (place.folder, models)
            let results = try await WorkerThreads(name: "repository", width: 1).run { try repository.validate(models) }
            let isValid = !results.contains { $0.findings.contains { $0.severity == .error } }
            if global.json {
                printJSON([
                    "valid": .bool(isValid),
                    "models": .array(
                        results.map { result in
                            [
                                "name": .string(result.model),
                                "valid": .bool(!result.findings.contains { $0.severity == .error }),
                                "findings": .array(result.findings.map(\.json)),
                            ]
                        }),
                ])
            } else {
                if results.isEmpty { print("The repository holds no models.") }
                for (model, findings) in results {
                    if findings.isEmpty { print("\(model): fine") }
                    for finding in findings {
                        print("\(finding.file)\(finding.line.map { ":\($0)" } ?? ""): \(finding.severity.rawValue): \(finding.message) [\(finding.code)]")
                    }
                }
            }
            if !isValid { throw ExitCode(2) }
        }
    }
}
