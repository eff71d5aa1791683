import CVision
import Foundation

/// A network run by OpenCV's dnn module. OpenCV spreads one run over the machine's cores.
// Safe to share: the pointer never changes after `init`, and `lock` lets one run in at a time, as OpenCV wants it.
final class VisionNetwork: @unchecked Sendable {
    private let network: OpaquePointer
    private let name: String
    private let lock = NSLock()

    /// Loads an ONNX file. The input size that it declares isn't binding.
    init(onnx model: URL) throws {
        name = try Self.checkedName(model)
        network = try Self.opened(name) { cv_network_onnx(model.path, $0, $1, $2) }
    }

    /// Loads a TensorFlow frozen graph with OpenCV's text description of it.
    init(graph: URL, description: URL) throws {
        name = try Self.checkedName(graph)
        _ = try Self.checkedName(description)
        network = try Self.opened(name) { cv_network_tensorflow(graph.path, description.path, $0, $1, $2) }
    }

    deinit { cv_network_free(network) }

    /// Runs the network on the calling thread, which must be one that may block.
    /// - Parameter outputs: The layers to return, in this order.
    func compute(_ input: [Float], shape: [Int], outputs names: [String]) throws -> [Tensor] {
        guard input.count == shape.reduce(1, *) else {
            throw NativeEngineError.invalidTensor(reason: "the input doesn't fill its shape")
        }
        lock.lock()
        defer { lock.unlock() }
        var outputs = [CvOutput](repeating: CvOutput(), count: names.count)
        defer { cv_outputs_free(&outputs, Int32(names.count)) }
        let dims = shape.map(Int32.init)
        let ran = withCStrings(names) { pointers in
            withMessageBuffer { message, capacity in
                cv_network_run(
                    network, input, dims, Int32(dims.count), pointers, Int32(names.count), &outputs, message, capacity)
            }
        }
        guard ran.value == CV_OK else { throw NativeEngineError.computationFailed(name: name, reason: ran.message) }
        return try outputs.map { output in
            let shape = withUnsafeBytes(of: output.dims) { dims in
                dims.bindMemory(to: Int32.self).prefix(Int(output.rank)).map(Int.init)
            }
            guard let data = output.data else {
                throw NativeEngineError.computationFailed(name: name, reason: "an output has no memory")
            }
            return try Tensor(
                shape: shape, storage: Tensor.Storage(copying: data, count: shape.reduce(1, *), type: .float32))
        }
    }

    private static func checkedName(_ file: URL) throws -> String {
        let name = file.deletingPathExtension().lastPathComponent
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            throw NativeEngineError.modelMissing(name: name)
        }
        return name
    }

    private static func opened(
        _ name: String,
        _ open: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<CChar>, Int) -> Int32
    ) throws -> OpaquePointer {
        var network: OpaquePointer?
        let opened = withMessageBuffer { message, capacity in open(&network, message, capacity) }
        guard opened.value == CV_OK, let network else {
            throw NativeEngineError.modelRejected(name: name, reason: opened.message)
        }
        return network
    }
}
