import CFFmpeg
import Foundations

/// Decodes one audio track to mono samples on the video's clock.
struct AudioReader {
    struct Range: Sendable {
        /// Seconds on the video's clock.
        var start: Double
        var end: Double?
        /// The container's time of second 0; `nil`: the first sound.
        var origin: Double?
    }

    let source: ByteSource
    let parameters: StreamParameters
    let limits: MediaLimits
    let range: Range
    let sampleRate: Int
    let readGuard: ReadGuard

    /// Decoders need a little sound before the point asked for to come out exact (overlapping transforms).
    private static let preRoll = 0.5
    /// Steps between packets smaller than this are rounding, not gaps.
    private static let gapTolerance = 0.05

    func run() throws -> AudioSamples {
        let wished = range.end.map { $0 - range.start } ?? 0
        guard wished >= 0 || range.end == nil else { return AudioSamples(sampleRate: sampleRate, samples: []) }
        if range.end != nil { try check(seconds: wished) }

        let demuxer = try Demuxer(source, accepting: AcceptedFormats.containers, limits: limits, guard: readGuard)
        if !demuxer.formatNames.contains(where: AcceptedFormats.seekable.contains) {
            try demuxer.findStreamInfo(limits)
        }
        guard demuxer.streamCount > parameters.streamIndex else { throw MediaError.damaged }
        demuxer.select(parameters.streamIndex)
        if let origin = range.origin, range.start > 1,
            demuxer.formatNames.contains(where: AcceptedFormats.seekable.contains)
        {
            let seconds = origin + range.start - Self.preRoll
            let base = parameters.timeBase
            // Where the container can't, reading from the start serves as well.
            _ = demuxer.seek(
                stream: parameters.streamIndex, to: Int64(seconds * Double(base.den) / Double(base.num)))
        }
        let decoder = try StreamDecoder(parameters, limits: limits, threads: 1)
        var timeline = Timeline(reader: self)
        while !timeline.isComplete, try demuxer.readPacket(of: parameters.streamIndex) {
            readGuard.noteProgress()
            try decoder.decode(demuxer.packet) { try timeline.add($0) }
        }
        if !timeline.isComplete { try decoder.decode(nil) { try timeline.add($0) } }
        return AudioSamples(sampleRate: sampleRate, samples: try timeline.finish())
    }

    fileprivate func check(seconds: Double) throws {
        if seconds > limits.maxAudioSeconds {
            throw MediaError.limitExceeded(
                limit: "media.max_audio_seconds", found: seconds, allowed: limits.maxAudioSeconds)
        }
    }

    /// Lays decoded pieces side by side at the times they belong to.
    private struct Timeline {
        private let reader: AudioReader
        private var samples: [Float] = []
        private var resampler: AudioResampler?
        private var origin: Double?
        /// Position in `samples` of the next sample, negative while before the range.
        private var cursor = 0
        private var hasBegun = false
        private let end: Int?

        init(reader: AudioReader) {
            self.reader = reader
            origin = reader.range.origin
            end = reader.range.end.map { Int((($0 - reader.range.start) * Double(reader.sampleRate)).rounded()) }
        }

        var isComplete: Bool { end.map { cursor >= $0 } ?? false }

        mutating func add(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            try reader.readGuard.check()
            if let resampler, !resampler.accepts(frame) {
                try append(resampler.finish())
                self.resampler = nil
            }
            try place(frame)
            let resampler = try resampler ?? AudioResampler(frame, sampleRate: reader.sampleRate)
            self.resampler = resampler
            try append(resampler.convert(frame))
        }

        mutating func finish() throws -> [Float] {
            if let resampler { try append(resampler.finish()) }
            if let end, samples.count > end { samples.removeLast(samples.count - end) }
            return samples
        }

        /// Moves the cursor to the frame's own time where that differs from the end of the sound so far.
        private mutating func place(_ frame: UnsafeMutablePointer<AVFrame>) throws {
            let time = frame.pointee.best_effort_timestamp
            guard time != martlet_no_timestamp() else { return }
            let seconds = reader.parameters.seconds(time)
            let zero = origin ?? seconds
            origin = zero
            let rate = Double(reader.sampleRate)
            let target = (seconds - zero - reader.range.start) * rate
            guard target.isFinite, abs(target) < 1e12 else { throw MediaError.damaged }
            let held = resampler?.delay ?? 0
            let position = Int(target.rounded()) - held
            guard !hasBegun || Double(abs(position - cursor)) > AudioReader.gapTolerance * rate else { return }
            if hasBegun, let resampler {
                // What is still inside belongs before the gap.
                try append(resampler.finish())
                self.resampler = nil
            }
            hasBegun = true
            cursor = Int(target.rounded())
            let stop = end.map { min($0, cursor) } ?? cursor
            if stop > samples.count {
                try reader.check(seconds: Double(stop) / rate)
                samples.append(contentsOf: repeatElement(0, count: stop - samples.count))
            }
        }

        private mutating func append(_ piece: [Float]) throws {
            var piece = piece[...]
            let unwanted = max(0, samples.count - cursor)
            cursor += piece.count
            piece = piece.dropFirst(unwanted)
            if let end { piece = piece.prefix(max(0, end - samples.count)) }
            try reader.check(seconds: Double(samples.count + piece.count) / Double(reader.sampleRate))
            samples.append(contentsOf: piece)
        }
    }
}
