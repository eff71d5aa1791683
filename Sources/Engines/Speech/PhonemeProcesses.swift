import Foundation
import Foundations

/// Runs espeak-ng, once for each text. Starting it and loading its voice takes longer than what it does then, so one may be started ahead.
actor PhonemeProcesses {
    private static let threads = WorkerThreads(name: "phonemes", width: 2)
    private static let timeout: Duration = .seconds(10)

    private let program: String
    private let voice: String
    private var spare: ShortProcess?

    init(program: String, voice: String) {
        self.program = program
        self.voice = voice
    }

    /// Starts the process for the next text, unless there is one.
    func prepare() async {
        guard spare == nil else { return }
        let process = new()
        spare = process
        // In a task of its own: whoever has it prepared is often about to be cancelled.
        let isStarted = await Task { (try? await process.start(on: Self.threads)) != nil }.value
        // Whoever needs one tries again, and says what is wrong.
        if !isStarted, spare === process { spare = nil }
    }

    /// What espeak-ng writes for a text.
    /// - Throws: `SpeechError.phonemesUnavailable`; `CancellationError`.
    func output(for text: String, by deadline: Deadline) async throws -> String {
        if let process = spare {
            spare = nil
            // One that waited may have been killed meanwhile.
            if let output = try await output(of: process, text, deadline) { return output }
        }
        guard let output = try await output(of: new(), text, deadline) else { throw SpeechError.phonemesUnavailable }
        return output
    }

    private func output(of process: ShortProcess, _ text: String, _ deadline: Deadline) async throws -> String? {
        do {
            let result = try await process.run(
                Data(text.utf8), timeout: min(deadline.remaining, Self.timeout), maxOutput: 1 << 20, on: Self.threads)
            return result.code == 0 ? String(decoding: result.output, as: UTF8.self) : nil
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }

    private func new() -> ShortProcess {
        ShortProcess(program, ["-q", "--ipa", "-v", voice, "--stdin"], environment: ["LANG": "C.UTF-8"], takesInput: true)
    }
}
