import Engines
import Foundations

/// A model's description as the protocol's JSON documents.
enum InferenceDocuments {
    static func model(_ metadata: InferenceMetadata) -> JSONValue {
        [
            "name": .string(metadata.name), "versions": .array(metadata.versions.map(JSONValue.string)),
            "platform": .string(metadata.platform), "inputs": ports(metadata.inputs), "outputs": ports(metadata.outputs),
        ]
    }

    /// Triton's words: `TYPE_FP32` for `FP32`, `dims` for `shape`, no batching.
    static func configuration(_ metadata: InferenceMetadata) -> JSONValue {
        func ports(_ ports: [InferenceMetadata.Port]) -> JSONValue {
            .array(
                ports.map {
                    [
                        "name": .string($0.name), "data_type": .string(typeName($0.datatype)),
                        "dims": .array($0.shape.map(JSONValue.integer)),
                    ]
                })
        }
        return [
            "name": .string(metadata.name), "platform": .string(metadata.platform), "backend": "", "max_batch_size": 0,
            "input": ports(metadata.inputs), "output": ports(metadata.outputs),
        ]
    }

    private static func typeName(_ type: InferenceTensor.Datatype) -> String {
        type == .bytes ? "TYPE_STRING" : "TYPE_" + type.rawValue
    }

    private static func ports(_ ports: [InferenceMetadata.Port]) -> JSONValue {
        .array(
            ports.map {
                [
                    "name": .string($0.name), "datatype": .string($0.datatype.rawValue),
                    "shape": .array($0.shape.map(JSONValue.integer)),
                ]
            })
    }
}
