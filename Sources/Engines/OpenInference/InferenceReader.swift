import Foundations

/// Reads the protocol's bodies: JSON, and behind it, with the binary tensor data extension, the tensors' bytes in the
/// order of their declarations.
///
///     let request = try InferenceReader(body: body, headerLength: nil).request()
struct InferenceReader {
    /// Most tensors of one body, and most bytes of a name.
    private static let maxTensors = 256
    private static let maxNameBytes = 1024

    private let body: [UInt8]
    private let headerLength: Int
    /// Where the next tensor's bytes begin.
    private var position: Int

    /// - Parameter headerLength: the bytes of JSON (`Inference-Header-Content-Length`); `nil`: all of the body.
    init(body: [UInt8], headerLength: Int?) throws(InferenceError) {
        guard (0...body.count).contains(headerLength ?? body.count) else {
            throw .malformed(reason: "Inference-Header-Content-Length is larger than the body")
        }
        self.body = body
        self.headerLength = headerLength ?? body.count
        position = self.headerLength
    }

    /// What a body holds beside its tensors, and the tensors.
    private struct Parts {
        var texts: [String: String] = [:]
        var parameters: [String: JSONValue] = [:]
        var tensors: [InferenceTensor] = []
        var outputs: [InferenceRequest.Output] = []
    }

    mutating func request() throws -> InferenceRequest {
        var parts = Parts()
        try read(&parts, tensors: "inputs", outputs: "outputs")
        let prefersBinary = parts.parameters.removeValue(forKey: "binary_data_output")?.boolValue ?? false
        return InferenceRequest(
            id: parts.texts["id"], parameters: parts.parameters, inputs: parts.tensors, outputs: parts.outputs,
            prefersBinary: prefersBinary)
    }

    mutating func response() throws -> InferenceResponse {
        var parts = Parts()
        try read(&parts, tensors: "outputs", outputs: nil)
        return InferenceResponse(
            model: parts.texts["model_name"] ?? "", version: parts.texts["model_version"], id: parts.texts["id"],
            parameters: parts.parameters, outputs: parts.tensors)
    }

    private mutating func read(_ parts: inout Parts, tensors tensorsKey: String, outputs outputsKey: String?) throws {
        var cursor = JSONCursor(body, 0..<headerLength)
        var hasTensors = false
        var reader = self
        try cursor.object { key, cursor in
            switch key {
            case tensorsKey:
                guard !hasTensors else { throw cursor.fault("'\(tensorsKey)' comes twice") }
                hasTensors = true
                try cursor.array { cursor in
                    guard parts.tensors.count < Self.maxTensors else { throw cursor.fault("there are too many tensors") }
                    let tensor = try reader.tensor(&cursor)
                    guard !parts.tensors.contains(where: { $0.name == tensor.name }) else {
                        throw InferenceError.invalidTensor(name: tensor.name, reason: "it comes twice")
                    }
                    parts.tensors.append(tensor)
                }
            case outputsKey:
                try cursor.array { cursor in
                    guard parts.outputs.count < Self.maxTensors else { throw cursor.fault("there are too many outputs") }
                    parts.outputs.append(try Self.output(try cursor.value()))
                }
            case "parameters":
                guard let object = try cursor.value().objectValue else { throw cursor.fault("'parameters' isn't an object") }
                parts.parameters = object
            case "id", "model_name", "model_version":
                let value = try cursor.value()
                if value == .null { return }
                guard let text = value.stringValue, text.utf8.count <= Self.maxNameBytes else {
                    throw cursor.fault("'\(key)' isn't a text of \(Self.maxNameBytes) bytes at most")
                }
                parts.texts[key] = text
            default: _ = try cursor.skip()
            }
        }
        if cursor.next != nil { throw cursor.fault("there is more behind the object") }
        guard hasTensors else { throw InferenceError.malformed(reason: "'\(tensorsKey)' is missing") }
        guard reader.position == body.count else {
            throw InferenceError.malformed(reason: "the body is \(body.count - reader.position) bytes longer than its tensors")
        }
        self = reader
    }

    private mutating func tensor(_ cursor: inout JSONCursor) throws -> InferenceTensor {
        var name: String?
        var datatype: String?
        var shape: JSONValue?
        var parameters: JSONValue?
        var elements: Range<Int>?
        try cursor.object { key, cursor in
            switch key {
            case "name": name = try cursor.value().stringValue
            case "datatype": datatype = try cursor.value().stringValue
            case "shape": shape = try cursor.value()
            case "parameters": parameters = try cursor.value()
            case "data": elements = try cursor.skip()
            default: _ = try cursor.skip()
            }
        }
        guard let name, !name.isEmpty, name.utf8.count <= Self.maxNameBytes else {
            throw cursor.fault("a tensor has no name, or a very long one, before")
        }
        guard let datatype, let type = InferenceTensor.Datatype(rawValue: datatype) else {
            throw InferenceError.invalidTensor(name: name, reason: "its datatype isn't one of the protocol's")
        }
        guard let sizes = shape?.arrayValue?.map(\.wholeNumber), !sizes.contains(nil) else {
            throw InferenceError.invalidTensor(name: name, reason: "its shape isn't a list of whole numbers")
        }
        let dimensions = sizes.compactMap(\.self)
        if parameters?["shared_memory_region"] != nil { throw InferenceError.unsupported(what: "shared memory regions") }
        if let size = parameters?["binary_data_size"] {
            guard let size = size.wholeNumber, size >= 0, elements == nil else {
                throw InferenceError.invalidTensor(name: name, reason: "its binary_data_size isn't a size, or it has data too")
            }
            guard size <= body.count - position else {
                throw InferenceError.invalidTensor(
                    name: name, reason: "its binary_data_size is \(size), where the body has \(body.count - position) bytes left")
            }
            let bytes = Array(body[position..<(position + size)])
            position += size
            return try InferenceTensor(name: name, datatype: type, shape: dimensions, data: bytes)
        }
        guard let elements else { throw InferenceError.invalidTensor(name: name, reason: "it has no data") }
        var data = JSONCursor(body, elements)
        return try TensorJSON.read(&data, name: name, datatype: type, shape: dimensions)
    }

    private static func output(_ value: JSONValue) throws(InferenceError) -> InferenceRequest.Output {
        guard let name = value["name"]?.stringValue, !name.isEmpty, name.utf8.count <= maxNameBytes else {
            throw .malformed(reason: "a requested output has no name")
        }
        let parameters = value["parameters"]
        if parameters?["shared_memory_region"] != nil { throw .unsupported(what: "shared memory regions") }
        if let classes = parameters?["classification"], classes != .integer(0) { throw .unsupported(what: "classifications") }
        return InferenceRequest.Output(name: name, isBinary: parameters?["binary_data"]?.boolValue)
    }
}

extension JSONValue {
    /// The number, unless it is a fraction or written as one.
    fileprivate var wholeNumber: Int? { if case .integer(let value) = self { value } else { nil } }
}

extension InferenceRequest {
    /// - Parameter headerLength: the bytes of JSON before binary data; `nil`: the body is JSON alone.
    /// - Throws: `InferenceError`.
    public init(body: [UInt8], headerLength: Int?) throws {
        var reader = try InferenceReader(body: body, headerLength: headerLength)
        self = try reader.request()
    }
}

extension InferenceResponse {
    /// As the request's.
    public init(body: [UInt8], headerLength: Int?) throws {
        var reader = try InferenceReader(body: body, headerLength: headerLength)
        self = try reader.response()
    }
}
