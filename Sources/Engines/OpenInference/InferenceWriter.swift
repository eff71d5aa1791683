import Foundations

/// A body as it goes out.
public struct InferenceBody: Sendable, Equatable {
    public var bytes: [UInt8]
    /// The bytes of JSON (`Inference-Header-Content-Length`) when binary data follows.
    public var headerLength: Int?
}

extension InferenceRequest {
    /// - Parameter binary: whether tensors go as binary data; JSON otherwise, which some servers want.
    /// - Throws: `InferenceError.binaryOnly` when JSON can't hold an input.
    public func encoded(binary: Bool) throws(InferenceError) -> InferenceBody {
        var members: [(String, JSONValue)] = []
        if let id { members.append(("id", .string(id))) }
        var parameters = parameters
        if binary, outputs.isEmpty { parameters["binary_data_output"] = true }
        if !parameters.isEmpty { members.append(("parameters", .object(parameters))) }
        if !outputs.isEmpty {
            let wanted = outputs.map { output -> JSONValue in
                var object: [String: JSONValue] = ["name": .string(output.name)]
                if binary { object["parameters"] = ["binary_data": true] }
                return .object(object)
            }
            members.append(("outputs", .array(wanted)))
        }
        return try InferenceBody(members, tensors: ("inputs", inputs)) { _ in binary }
    }
}

extension InferenceResponse {
    /// - Parameter wantsBinary: by output name.
    /// - Throws: `InferenceError.binaryOnly` when JSON can't hold an output.
    public func encoded(_ wantsBinary: (String) -> Bool) throws(InferenceError) -> InferenceBody {
        var members: [(String, JSONValue)] = [("model_name", .string(model))]
        if let version { members.append(("model_version", .string(version))) }
        if let id { members.append(("id", .string(id))) }
        if !parameters.isEmpty { members.append(("parameters", .object(parameters))) }
        return try InferenceBody(members, tensors: ("outputs", outputs), wantsBinary)
    }
}

extension InferenceBody {
    fileprivate init(
        _ members: [(String, JSONValue)], tensors: (key: String, list: [InferenceTensor]), _ isBinary: (String) -> Bool
    ) throws(InferenceError) {
        var text = Array("{".utf8)
        func write(_ key: String, _ value: JSONValue, to text: inout [UInt8]) {
            text.append(contentsOf: "\"\(key)\":".utf8)
            text.append(contentsOf: value.encoded())
        }
        for (key, value) in members {
            write(key, value, to: &text)
            text.append(UInt8(ascii: ","))
        }
        text.append(contentsOf: "\"\(tensors.key)\":[".utf8)
        var binary: [[UInt8]] = []
        var hasBinary = false
        for (index, tensor) in tensors.list.enumerated() {
            text.append(contentsOf: index == 0 ? "{".utf8 : ",{".utf8)
            write("name", .string(tensor.name), to: &text)
            text.append(UInt8(ascii: ","))
            write("datatype", .string(tensor.datatype.rawValue), to: &text)
            text.append(UInt8(ascii: ","))
            write("shape", .array(tensor.shape.map(JSONValue.integer)), to: &text)
            text.append(UInt8(ascii: ","))
            if isBinary(tensor.name) {
                hasBinary = true
                write("parameters", ["binary_data_size": .integer(tensor.data.count)], to: &text)
                binary.append(tensor.data)
            } else {
                text.append(contentsOf: "\"data\":".utf8)
                try TensorJSON.write(tensor, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
        text.append(contentsOf: "]}".utf8)
        headerLength = hasBinary ? text.count : nil
        for data in binary { text.append(contentsOf: data) }
        bytes = text
    }
}
