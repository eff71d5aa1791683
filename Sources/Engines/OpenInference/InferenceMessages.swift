import Foundations

/// What a model says about itself.
public struct InferenceMetadata: Sendable, Equatable {
    /// An input or output.
    public struct Port: Sendable, Equatable {
        public var name: String
        public var datatype: InferenceTensor.Datatype
        /// -1 for dimensions that aren't fixed.
        public var shape: [Int]

        public init(name: String, datatype: InferenceTensor.Datatype, shape: [Int]) {
            self.name = name
            self.datatype = datatype
            self.shape = shape
        }

        /// Whether a tensor of that shape fits.
        func takes(_ given: [Int]) -> Bool {
            given.count == shape.count && zip(given, shape).allSatisfy { $1 < 0 || $0 == $1 }
        }
    }

    public var name: String
    public var versions: [String]
    public var platform: String
    public var inputs: [Port]
    public var outputs: [Port]

    public init(name: String, versions: [String], platform: String, inputs: [Port], outputs: [Port]) {
        self.name = name
        self.versions = versions
        self.platform = platform
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Checks a request before the model sees it.
    /// - Throws: `InferenceError` naming the tensor that doesn't fit.
    public func check(_ request: InferenceRequest) throws(InferenceError) {
        for tensor in request.inputs {
            guard let port = inputs.first(where: { $0.name == tensor.name }) else {
                throw .unknownInput(name: tensor.name, model: name)
            }
            guard port.datatype == tensor.datatype else {
                throw .invalidTensor(
                    name: tensor.name, reason: "it is \(tensor.datatype.rawValue), where the model takes \(port.datatype.rawValue)")
            }
            guard port.takes(tensor.shape) else {
                throw .invalidTensor(
                    name: tensor.name, reason: "its shape is \(tensor.shape), where the model takes \(port.shape)")
            }
        }
        for port in inputs where !request.inputs.contains(where: { $0.name == port.name }) {
            throw .missingInput(name: port.name, model: name)
        }
        for output in request.outputs where !outputs.contains(where: { $0.name == output.name }) {
            throw .unknownOutput(name: output.name, model: name)
        }
    }
}

/// A question to a model: tensors in, and which tensors are wanted.
public struct InferenceRequest: Sendable, Equatable {
    public struct Output: Sendable, Equatable {
        public var name: String
        /// `nil`: as the request as a whole says.
        public var isBinary: Bool?

        public init(name: String, isBinary: Bool? = nil) {
            self.name = name
            self.isBinary = isBinary
        }
    }

    /// The caller's own, given back with the answer.
    public var id: String?
    public var parameters: [String: JSONValue]
    public var inputs: [InferenceTensor]
    /// Empty: all there are.
    public var outputs: [Output]
    /// Whether outputs come as binary data where they don't say it themselves.
    public var prefersBinary: Bool

    public init(
        id: String? = nil, parameters: [String: JSONValue] = [:], inputs: [InferenceTensor], outputs: [Output] = [],
        prefersBinary: Bool = false
    ) {
        self.id = id
        self.parameters = parameters
        self.inputs = inputs
        self.outputs = outputs
        self.prefersBinary = prefersBinary
    }

    /// Whether the caller wants this output as binary data.
    public func wantsBinary(_ output: String) -> Bool {
        outputs.first { $0.name == output }?.isBinary ?? prefersBinary
    }
}

/// A model's answer.
public struct InferenceResponse: Sendable, Equatable {
    public var model: String
    public var version: String?
    public var id: String?
    public var parameters: [String: JSONValue]
    public var outputs: [InferenceTensor]

    public init(
        model: String, version: String? = nil, id: String? = nil, parameters: [String: JSONValue] = [:],
        outputs: [InferenceTensor]
    ) {
        self.model = model
        self.version = version
        self.id = id
        self.parameters = parameters
        self.outputs = outputs
    }

    /// The answer reduced to the outputs that were asked for, in that order.
    public func reduced(to request: InferenceRequest) -> InferenceResponse {
        guard !request.outputs.isEmpty else { return self }
        var response = self
        response.outputs = request.outputs.compactMap { wanted in outputs.first { $0.name == wanted.name } }
        return response
    }
}
