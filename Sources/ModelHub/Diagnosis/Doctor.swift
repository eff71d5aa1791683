import Engines
import Foundation
import Foundations
import Media
import Networking

/// Looks at everything an installation needs and says what is wrong and how to mend it.
public struct Doctor: Sendable {
    private let configuration: Configuration
    private let home: MartletHome
    private let store: ModelStore
    private let threads = WorkerThreads(name: "doctor", width: 4)

    /// Less free disk than this is worth a warning: the default models and engines need about half of it.
    private static let comfortableDisk = 4 << 30

    public init(configuration: Configuration, home: MartletHome, store: ModelStore) {
        self.configuration = configuration
        self.home = home
        self.store = store
    }

    /// Runs every check.
    public func examine() async throws -> [Finding] {
        var findings = try await machine()
        findings.append(try await media())
        findings.append(try await llamaServer())
        findings += speechLibraries()
        findings.append(phonemes())
        findings.append(landmarks())
        findings += try await models()
        findings += try await ports()
        findings += disks()
        return findings
    }

    private func machine() async throws -> [Finding] {
        let machine = try await Machine.current(threads: threads)
        let text =
            "\(machine.system), \(machine.processor), \(machine.cores) cores, "
            + "\(ByteCount.text(machine.memory)) memory (\(ByteCount.text(machine.availableMemory)) free)"
        var findings = [
            machine.memory < 4 << 30
                ? Finding(
                    "machine", .warning, text,
                    remedy: "The default models need about 2 GiB. Close other programs or use a remote endpoint.")
                : Finding("machine", .ok, text)
        ]
        if machine.gpus.isEmpty {
            findings.append(Finding("gpu", .ok, "none found; models run on the processor"))
        }
        for gpu in machine.gpus {
            findings.append(
                Finding("gpu", .ok, "\(gpu.name), \(ByteCount.text(gpu.freeMemory)) of \(ByteCount.text(gpu.memory)) free"))
        }
        return findings
    }

    private func media() async throws -> Finding {
        Finding("media", .ok, "FFmpeg, \(FFmpegVersion.text)")
    }

    private func llamaServer() async throws -> Finding {
        let remedy = "Run ./martlet from the checkout: set-up builds it. Or name one: models.llama_server."
        do {
            let server = try await LlamaExecutable.find(configured: configuration.models.llamaServer, home: home)
            return Finding("engine.llama", .ok, "llama-server \(server.version)")
        } catch is EndpointError {
            return Finding("engine.llama", .failed, "no llama-server that runs on this machine", remedy: remedy)
        }
    }

    private func speechLibraries() -> [Finding] {
        let remedy = "Run ./martlet from the checkout: set-up fetches it."
        let libraries = [
            ("engine.onnx", "onnxruntime/lib/libonnxruntime.so"), ("engine.speech", "sherpa-onnx/lib/libsherpa-onnx-c-api.so"),
        ]
        return libraries.map { subject, path in
            let file = home.engines.appending(path: path)
            let name = file.lastPathComponent
            return FileManager.default.fileExists(atPath: file.path)
                ? Finding(subject, .ok, name) : Finding(subject, .failed, "\(name) isn't there", remedy: remedy)
        }
    }

    private func phonemes() -> Finding {
        (try? Phonemes(voice: "en-us")) == nil
            ? Finding(
                "engine.phonemes", .failed, "no espeak-ng: local voices can't speak",
                remedy: "Install Debian's espeak-ng, or run ./martlet from the checkout: set-up installs it.")
            : Finding("engine.phonemes", .ok, "espeak-ng")
    }

    private func landmarks() -> Finding {
        FileManager.default.isReadableFile(atPath: configuration.expressions.landmarks)
            ? Finding("landmarks", .ok, "dlib's landmark model")
            : Finding(
                "landmarks", .warning, "no landmark model: movements of faces can't be measured",
                remedy: "Install Debian's libdlib-data, or name a file: --set expressions.landmarks=shape_predictor_68_face_landmarks.dat")
    }

    private func models() async throws -> [Finding] {
        var findings: [Finding] = []
        for role in ModelManifest.Role.allCases where role != .tests {
            let candidates = store.catalog.models(for: role)
            var present: ModelManifest?
            for candidate in candidates where present == nil {
                if try await store.state(of: candidate.id) == .onDisk { present = candidate }
            }
            let subject = "model.\(role.rawValue)"
            if let present {
                findings.append(Finding(subject, .ok, present.id))
            } else if role == .defaultNudityDetector {
                // Only those who make pictures need it.
                guard configuration.endpoints.contains(where: \.makesImages) else { continue }
                findings.append(
                    Finding(
                        subject, .failed, "not fetched: no picture is given out that wasn't looked at",
                        remedy: candidates.first.map { "martlet models pull \($0.id)" }))
            } else if role == .defaultVision {
                let remote = configuration.endpoints.first { $0.vision }
                findings.append(
                    remote.map { Finding(subject, .ok, "\($0.id) (remote)") }
                        ?? Finding(
                            subject, .warning, "none: videos are answered from objects, text, motion and speech",
                            remedy: candidates.first.map { "martlet models pull \($0.id)" }))
            } else {
                findings.append(
                    Finding(
                        subject, role == .defaultChat && !configuration.endpoints.isEmpty ? .warning : .failed,
                        "not fetched", remedy: "martlet models pull --defaults"))
            }
        }
        return findings
    }

    /// The HTTP port, and the gRPC port unless it is off.
    private func ports() async throws -> [Finding] {
        let server = configuration.server
        var findings: [Finding] = []
        for (name, port, key) in [("port", server.port, "server.port=8090"), ("gRPC port", server.grpcPort, "server.grpc_port=8091")]
        where port != 0 || name == "port" {
            let isFree = try await threads.run { PortProbe.isFree(host: server.host, port: port) }
            findings.append(
                isFree
                    ? Finding(name, .ok, "\(server.host):\(port) is free")
                    : Finding(
                        name, .warning, "\(server.host):\(port) is in use",
                        remedy: "Is martlet serve running already? Otherwise choose another: --set \(key)"))
        }
        return findings
    }

    /// The folder itself need not exist yet.
    private func freeBytes(atOrAbove folder: URL) -> Int? {
        var folder = folder.absoluteURL
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        return DiskSpace.available(at: folder).map { Int($0) }
    }

    private func disks() -> [Finding] {
        [("disk.cache", home.root.path), ("disk.data", configuration.dataDirectory)].map { subject, path in
            guard let free = freeBytes(atOrAbove: URL(fileURLWithPath: path)) else {
                return Finding(subject, .warning, "free space is unknown", remedy: "Check that the folder can be reached.")
            }
            let text = "\(ByteCount.text(free)) free"
            return free < Self.comfortableDisk
                ? Finding(
                    subject, .warning, text,
                    remedy: subject == "disk.cache"
                        ? "Free some space, or move the cache: MARTLET_HOME=/larger/disk"
                        : "Free some space, or move the data: --set data_dir=/larger/disk")
                : Finding(subject, .ok, text)
        }
    }
}
