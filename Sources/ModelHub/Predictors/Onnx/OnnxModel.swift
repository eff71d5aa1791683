import Engines

/// An opened ONNX file.
struct OnnxModel: Sendable {
    var session: OnnxSession
    /// How it answers about files; `nil` when it takes tensors alone.
    var files: OnnxFileAnswers?
}
