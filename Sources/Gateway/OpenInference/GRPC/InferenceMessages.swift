import Engines
import Foundation
import Foundations
import InferenceProtocol

// The protocol's messages and our values.

extension InferenceRequest {
    /// - Throws: `InferenceError`.
    init(_ message: Inference_ModelInferRequest) throws {
        let raw = message.rawInputContents
        guard raw.isEmpty || raw.count == message.inputs.count else {
            throw InferenceError.malformed(
                reason: "there are \(raw.count) raw_input_contents for \(message.inputs.count) inputs")
        }
        var inputs: [InferenceTensor] = []
        for (index, input) in message.inputs.enumerated() {
            guard let type = InferenceTensor.Datatype(rawValue: input.datatype) else {
                throw InferenceError.invalidTensor(name: input.name, reason: "its datatype isn't one of the protocol's")
            }
            if input.parameters["shared_memory_region"] != nil { throw InferenceError.unsupported(what: "shared memory regions") }
            guard raw.isEmpty || !input.hasContents else {
                throw InferenceError.invalidTensor(name: input.name, reason: "it has contents beside raw_input_contents")
            }
            guard !inputs.contains(where: { $0.name == input.name }) else {
                throw InferenceError.invalidTensor(name: input.name, reason: "it comes twice")
            }
            let data = raw.isEmpty ? try TypedContents.read(input.contents, as: type, name: input.name) : Array(raw[index])
            inputs.append(
                try InferenceTensor(
                    name: input.name, datatype: type, shape: input.shape.map { Int(clamping: $0) }, data: data))
        }
        for output in message.outputs {
            if output.parameters["shared_memory_region"] != nil { throw InferenceError.unsupported(what: "shared memory regions") }
            if output.parameters["classification"] != nil { throw InferenceError.unsupported(what: "classifications") }
        }
        self.init(
            id: message.id.isEmpty ? nil : message.id, parameters: message.parameters.compactMapValues(\.value), inputs: inputs,
            outputs: message.outputs.map { Output(name: $0.name) })
    }
}

extension Inference_InferParameter {
    fileprivate var value: JSONValue? {
        switch parameterChoice {
        case .boolParam(let value): .bool(value)
        case .int64Param(let value): .integer(Int(value))
        case .uint64Param(let value): .integer(Int(clamping: value))
        case .doubleParam(let value): .number(value)
        case .stringParam(let value): .string(value)
        case nil: nil
        }
    }

    fileprivate init(_ value: JSONValue) {
        self.init()
        switch value {
        case .bool(let value): boolParam = value
        case .integer(let value): int64Param = Int64(value)
        case .number(let value): doubleParam = value
        case .string(let value): stringParam = value
        // The protocol's parameters are scalars; what isn't goes as its JSON text.
        case .null, .array, .object: stringParam = String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}

extension Inference_ModelInferResponse {
    /// - Parameter raw: whether outputs go as raw contents; 16-bit floats have no other form.
    init(_ response: InferenceResponse, raw: Bool) throws {
        self.init()
        modelName = response.model
        modelVersion = response.version ?? ""
        id = response.id ?? ""
        parameters = response.parameters.mapValues(Inference_InferParameter.init)
        let isRaw = raw || response.outputs.contains { !$0.datatype.hasJSONForm }
        for tensor in response.outputs {
            var output = InferOutputTensor()
            output.name = tensor.name
            output.datatype = tensor.datatype.rawValue
            output.shape = tensor.shape.map(Int64.init)
            if isRaw {
                rawOutputContents.append(Data(tensor.data))
            } else {
                output.contents = TypedContents.write(tensor)
            }
            outputs.append(output)
        }
    }
}

extension Inference_ModelMetadataResponse {
    init(_ metadata: InferenceMetadata) {
        self.init()
        func ports(_ ports: [InferenceMetadata.Port]) -> [TensorMetadata] {
            ports.map { port in
                .with {
                    $0.name = port.name
                    $0.datatype = port.datatype.rawValue
                    $0.shape = port.shape.map(Int64.init)
                }
            }
        }
        name = metadata.name
        versions = metadata.versions
        platform = metadata.platform
        inputs = ports(metadata.inputs)
        outputs = ports(metadata.outputs)
    }
}

extension Inference_ModelConfigResponse {
    init(_ metadata: InferenceMetadata) {
        self.init()
        config.name = metadata.name
        config.platform = metadata.platform
        config.input = metadata.inputs.map { port in
            .with {
                $0.name = port.name
                $0.dataType = Inference_DataType(port.datatype)
                $0.dims = port.shape.map(Int64.init)
            }
        }
        config.output = metadata.outputs.map { port in
            .with {
                $0.name = port.name
                $0.dataType = Inference_DataType(port.datatype)
                $0.dims = port.shape.map(Int64.init)
            }
        }
    }
}

extension Inference_DataType {
    fileprivate init(_ type: InferenceTensor.Datatype) {
        switch type {
        case .bool: self = .typeBool
        case .uint8: self = .typeUint8
        case .uint16: self = .typeUint16
        case .uint32: self = .typeUint32
        case .uint64: self = .typeUint64
        case .int8: self = .typeInt8
        case .int16: self = .typeInt16
        case .int32: self = .typeInt32
        case .int64: self = .typeInt64
        case .float16: self = .typeFp16
        case .bfloat16: self = .typeBf16
        case .float32: self = .typeFp32
        case .float64: self = .typeFp64
        case .bytes: self = .typeString
        }
    }
}
