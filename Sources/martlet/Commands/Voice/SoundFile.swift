import Foundation
import Foundations
import Media

/// The file that a command writes sound to, or standard output. A file appears under its name when it is whole.
actor SoundFile {
    private let path: String
    private let format: AudioFormat
    private let threads = WorkerThreads(name: "sound file", width: 1)
    private let handle: FileHandle
    private let temporary: URL?
    private var encoder: AudioEncoder?
    /// WAV files say their length at their beginning: what goes into a file is kept until it is whole.
    private var kept: [AudioSamples] = []
    private(set) var seconds = 0.0

    /// - Throws: a report when the file can't be written.
    init(_ path: String, format: AudioFormat) throws {
        self.path = path
        self.format = format
        guard path != "-" else {
            handle = .standardOutput
            temporary = nil
            return
        }
        let target = URL(fileURLWithPath: path)
        let temporary = target.deletingLastPathComponent().appending(path: ".\(target.lastPathComponent).\(RequestContext.newID().prefix(8))")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil), let handle = try? FileHandle(forWritingTo: temporary) else {
            throw Self.notWritable(path)
        }
        self.handle = handle
        self.temporary = temporary
    }

    func add(_ sound: AudioSamples) async throws {
        seconds += sound.duration
        if format == .wav, temporary != nil {
            kept.append(sound)
            return
        }
        let encoder = try encoder ?? AudioEncoder(format: format, sampleRate: sound.sampleRate)
        self.encoder = encoder
        try await write { try encoder.encode(sound.samples) }
    }

    /// Writes the file's end.
    func finish() async throws {
        if let first = kept.first {
            let sound = AudioSamples(sampleRate: first.sampleRate, samples: kept.flatMap(\.samples))
            try await write { try AudioEncoder.file(sound, format: .wav) }
        } else if let encoder {
            try await write { try encoder.finish() }
        } else {
            throw ErrorReport(.unprocessable, code: "nothing_to_say", "The text has nothing in it that can be spoken.")
        }
        guard let temporary else { return }
        try handle.close()
        guard rename(temporary.path, path) == 0 else { throw Self.notWritable(path) }
    }

    /// Leaves nothing behind.
    func discard() {
        if let temporary { try? FileManager.default.removeItem(at: temporary) }
    }

    private func write(_ make: @escaping @Sendable () throws -> Data) async throws {
        let path = path
        let handle = handle
        try await threads.run {
            let bytes = try make()
            do { try handle.write(contentsOf: bytes) } catch { throw Self.notWritable(path) }
        }
    }

    private static func notWritable(_ path: String) -> ErrorReport {
        ErrorReport(.invalidRequest, code: "output_not_writable", "The file \(path) can't be written.")
    }
}
