/// How much of a model file's header is read at most. Files come from anywhere; their counts are not believed.
public struct HeaderLimits: Sendable, Equatable {
    /// Bytes from the file's beginning (`models.max_header`). Large vocabularies make headers of some 20 MiB.
    public var maxBytes = 128 << 20
    /// Key-value pairs of one file.
    public var maxKeys = 4096
    public var maxTensors = 262_144
    /// Bytes of a key or a tensor's name.
    public var maxNameBytes = 1024
    /// Bytes of a text that is kept; longer ones are passed over.
    public var maxTextBytes = 4096
    /// Elements of one array. Arrays are passed over, never held.
    public var maxArrayElements = 16 << 20
    /// Arrays inside arrays, objects inside objects.
    public var maxDepth = 8
    /// Files that one safetensors index may name.
    public var maxShards = 1024
    /// Bytes of a `config.json`.
    public var maxConfigurationBytes = 1 << 20

    public init() {}
}
