import Engines
import Foundations

/// The JSON schemas of the Open Inference Protocol and of the handler routes.
enum InferenceSchemas {
    private typealias S = Schemas

    static var all: [String: JSONValue] {
        let datatype = S.choice(InferenceTensor.Datatype.allCases.map(\.rawValue))
        let shape = S.list(S.integer)
        let port = S.object(["name": S.string, "datatype": datatype, "shape": shape])
        let input = S.object(
            ["name": S.string, "datatype": datatype, "shape": shape, "parameters": S.anyObject, "data": ["type": "array"]],
            optional: ["parameters", "data"])
        let wanted = S.object(["name": S.string, "parameters": S.anyObject], optional: ["parameters"])
        let setting = S.list(S.object(["name": S.string, "data_type": S.string, "dims": shape]))
        return [
            "InferenceServer": S.object(["name": S.string, "version": S.string, "extensions": S.list(S.string)]),
            "InferenceLive": S.object(["live": S.boolean]),
            "InferenceReady": S.object(["ready": S.boolean]),
            "InferenceModelReady": S.object(["name": S.string, "ready": S.boolean]),
            "InferenceModel": S.object([
                "name": S.string, "versions": S.list(S.string), "platform": S.string, "inputs": S.list(port),
                "outputs": S.list(port),
            ]),
            "InferenceModelConfig": S.object([
                "name": S.string, "platform": S.string, "backend": S.string, "max_batch_size": S.integer, "input": setting,
                "output": setting,
            ]),
            "TensorRequest": S.object(
                ["id": S.string, "parameters": S.anyObject, "inputs": S.list(input), "outputs": S.list(wanted)],
                optional: ["id", "parameters", "outputs"]),
            "TensorResponse": S.object(
                [
                    "model_name": S.string, "model_version": S.string, "id": S.string, "parameters": S.anyObject,
                    "outputs": S.list(input),
                ], optional: ["model_version", "id", "parameters"]),
            "InferenceError": S.object([
                "error": S.string, "type": S.string, "code": S.string, "param": S.orNull(S.string),
                "details": S.orNull(S.anyObject), "retry_after_ms": S.orNull(S.integer), "request_id": S.orNull(S.string),
            ]),
            "HandlerList": S.object(["models": S.list(S.string)]),
            "HandlerStatus": S.object(["model": S.string, "loaded": S.boolean, "model_dir": S.string]),
            "HandlerFiles": S.object(["files": S.list(["type": "string", "format": "binary"])]),
            "HandlerAnswer": S.object([
                "model": S.string, "segments": S.list(S.string), "total_segments": S.integer, "prediction": S.anyObject,
            ]),
        ]
    }
}
