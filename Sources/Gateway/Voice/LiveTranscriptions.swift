import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Transcriptions of sound that is still coming in, piece by piece. Each belongs to the caller who began it and ends when nothing comes
/// for a while.
package actor LiveTranscriptions {
    package enum Fault: ReportableError {
        case notFound
        case tooMany
        case halfASample
        case outOfOrder(expected: Int)
        case tooLong(limit: Double)

        package var report: ErrorReport {
            switch self {
            case .notFound: ErrorReport(.notFound, code: "live_not_found", "There is no such live transcription, or its time is up. Begin another.")
            case .tooMany:
                ErrorReport(
                    .busy, code: "too_many_live", "As many people as can be listened to at once are speaking already. Try again later.",
                    retryAfter: .seconds(5))
            case .halfASample: ErrorReport(.unprocessable, code: "half_a_sample", "A piece has two bytes for each sample; this one has an odd number.")
            case .outOfOrder(let expected):
                ErrorReport(
                    .conflict, code: "sound_out_of_order", "The piece number \(expected) is missing. Send the pieces in order.", param: "seq",
                    details: ["expected": .integer(expected)])
            case .tooLong(let limit):
                ErrorReport(
                    .tooLarge, code: "audio_too_long", "A spoken question may take \(Int(limit)) seconds (voice.max_seconds). End it.",
                    details: ["limit_seconds": .number(limit)])
            }
        }
    }

    /// What a piece brought.
    package struct Answer: Sendable {
        package var segments: [TranscriptSegment]
        package var text: String
        package var seconds: Double
    }

    private final class Session {
        let owner: String
        let listening: any ListeningSession
        let transcriber: String
        var next = 0
        var samples = 0
        var last: Answer?
        var touched = ContinuousClock.now
        /// Pieces are heard one after the other.
        var tail: Task<Answer, any Error>?

        init(owner: String, listening: any ListeningSession, transcriber: String) {
            self.owner = owner
            self.listening = listening
            self.transcriber = transcriber
        }
    }

    package static let keep: Duration = .seconds(60)
    private static let most = 64
    private let maxSeconds: Double
    private var sessions: [String: Session] = [:]

    package init(maxSeconds: Double) { self.maxSeconds = maxSeconds }

    /// - Returns: its id.
    /// - Throws: `Fault.tooMany`; as `Transcriber.listen`.
    func begin(_ transcriber: any Transcriber, _ options: TranscriptionOptions, _ context: RequestContext) async throws -> String {
        forget()
        guard sessions.count < Self.most else { throw Fault.tooMany }
        // The recording outlives the request that begins it.
        let lasting = RequestContext(
            id: context.id, keyName: context.keyName, deadline: .after(.seconds(maxSeconds) + Self.keep * 2), priority: context.priority)
        let listening = try await transcriber.listen(options: options, context: lasting)
        let id = RequestContext.newID()
        sessions[id] = Session(owner: context.keyName, listening: listening, transcriber: transcriber.id)
        return id
    }

    /// Takes the next piece. A piece that came before is answered as it was then.
    /// - Parameter bytes: 16 bits a sample, lowest byte first, 16 000 a second.
    func accept(_ bytes: Data, number: Int, of id: String, owner: String) async throws -> Answer {
        let session = try session(id, owner)
        if number == session.next - 1, let last = session.last { return last }
        if number == session.next - 1, let tail = session.tail { return try await tail.value }
        guard number == session.next else { throw Fault.outOfOrder(expected: session.next) }
        guard bytes.count.isMultiple(of: 2) else { throw Fault.halfASample }
        let samples = PCM.floats(bytes)
        guard Double(session.samples + samples.count) / Double(SpeechTranscriber.sampleRate) <= maxSeconds else { throw Fault.tooLong(limit: maxSeconds) }
        session.next += 1
        session.samples += samples.count
        session.last = nil
        let seconds = Double(session.samples) / Double(SpeechTranscriber.sampleRate)
        let before = session.tail
        let listening = session.listening
        let tail = Task {
            _ = try await before?.value
            let update = try await listening.accept(samples)
            return Answer(segments: update.segments, text: update.text, seconds: seconds)
        }
        session.tail = tail
        let answer = try await tail.value
        if session.next == number + 1 { session.last = answer }
        return answer
    }

    /// Ends the sound.
    /// - Returns: all that was said, and the model that heard it.
    func finish(_ id: String, owner: String) async throws -> (transcript: Transcript, transcriber: String) {
        let session = try session(id, owner)
        sessions[id] = nil
        _ = try await session.tail?.value
        return (try await session.listening.finish(), session.transcriber)
    }

    func end(_ id: String, owner: String) throws {
        _ = try session(id, owner)
        sessions.removeValue(forKey: id)?.tail?.cancel()
    }

    private func session(_ id: String, _ owner: String) throws -> Session {
        forget()
        guard let session = sessions[id], session.owner == owner else { throw Fault.notFound }
        session.touched = .now
        return session
    }

    private func forget() {
        for (id, session) in sessions where session.touched + Self.keep < .now {
            session.tail?.cancel()
            sessions[id] = nil
        }
    }
}
