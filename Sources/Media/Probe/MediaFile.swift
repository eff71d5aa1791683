import Foundation
import Foundations

/// An opened, probed file within its limits. Cheap to copy; decoders are opened per read, so several reads may run at
/// once.
///
///     let file = try await MediaFile.open(.file(url))
///     for try await frame in file.frames(at: [0, 30, 60]) { … }
public struct MediaFile: Sendable {
    public let info: MediaInfo

    private let contents: MediaContents
    private let limits: MediaLimits
    private let appliesRotation: Bool

    /// Opens a file or bytes, finds its tracks and counts its frames by reading all packets (nothing is decoded but
    /// what FFmpeg needs to know the tracks).
    ///
    /// - Parameter appliesRotation: whether frames come turned as a player shows them. `info` gives sizes accordingly.
    /// - Throws: `MediaError`; `CancellationError`.
    public static func open(
        _ source: MediaSource, limits: MediaLimits = .init(), appliesRotation: Bool = true
    ) async throws -> MediaFile {
        try await MediaThreads.run(stallTimeout: limits.stallTimeout) { readGuard in
            let bytes = try ByteSource(source)
            var contents = try MediaProbe(bytes: bytes, limits: limits, guard: readGuard).run()
            if appliesRotation, let video = contents.info.video, video.rotation % 180 == 90 {
                contents.info.video?.size = PixelSize(width: video.size.height, height: video.size.width)
            }
            return MediaFile(
                info: contents.info, contents: contents, limits: limits, appliesRotation: appliesRotation)
        }
    }

    /// SHA-256 of the file's bytes, 64 hexadecimal characters. Read in pieces.
    public func contentHash() async throws -> String {
        try await MediaThreads.run(stallTimeout: limits.stallTimeout) { [contents] in
            try contents.bytes.contentHash($0)
        }
    }

    /// The frames at these positions in presentation order, as they are consumed: decoding keeps a few frames ahead and
    /// no more.
    ///
    /// Between frames that lie far apart the decoder jumps to key frames and leaves out what no wanted frame needs; the
    /// pixels are the same as in a full decode. A frame that is damaged in the file is replaced by the one before it.
    /// Interlaced frames come as stored, both fields woven. Colours: 8 bits, matrix and range as the stream says (BT.601
    /// limited where it is silent), HDR (PQ, HLG) not tone-mapped.
    ///
    /// - Parameters:
    ///   - indices: ascending, repeats allowed. How many a request may ask for is the sampling plan's to bound.
    ///   - transform: applied to each distinct frame on the converting threads, for example a resize.
    /// - Returns: A sequence that throws `MediaError` (`noVideoStream`, `noSuchFrame`, `damaged`, `stalled`,
    ///   `limitExceeded`), `CancellationError`, or what `transform` throws.
    public func frames(
        at indices: [Int], transform: (@Sendable (RGBImage) throws -> RGBImage)? = nil
    ) -> VideoFrameSequence {
        let rotation = appliesRotation ? info.video?.rotation ?? 0 : 0
        return VideoFrameSequence(
            makeReader: reader(of: indices), stallTimeout: limits.stallTimeout,
            makeConversion: {
                let converter = PictureConverter()
                return { job in
                    var image = try converter.image(job.picture, rotation: rotation)
                    if let transform { image = try transform(image) }
                    return VideoFrame(index: job.index, time: job.time, image: image)
                }
            })
    }

    /// What `make`'s closures make of the frames at these positions, in order. Pixels are those that OpenCV's `VideoCapture` gives:
    /// converted with the BT.601 matrix at limited range whatever the stream says, in the order blue, green, red.
    ///
    /// - Parameters:
    ///   - indices: ascending, repeats allowed.
    ///   - make: called once on each converting thread; what it returns is called there with one frame after the other. Threads begin
    ///     frames in their order, several at a time.
    /// - Returns: A sequence that throws as `frames(at:transform:)` does.
    public func mapFrames<Output: Sendable>(
        at indices: [Int], _ make: @escaping @Sendable () throws -> (BGRFrame) throws -> Output
    ) -> MappedFrameSequence<Output> {
        let rotation = appliesRotation ? info.video?.rotation ?? 0 : 0
        return MappedFrameSequence(
            makeReader: reader(of: indices), stallTimeout: limits.stallTimeout,
            // Some frames take many times as long as others: the decoder goes on meanwhile.
            ahead: 3 * ProcessorCount.converters + 2,
            makeConversion: {
                let converter = PictureConverter(colours: .openCV)
                let transform = try make()
                return { job in
                    try transform(BGRFrame(index: job.index, time: job.time, image: try converter.image(job.picture, rotation: rotation)))
                }
            })
    }

    private func reader(of indices: [Int]) -> @Sendable (ReadGuard) throws -> FrameReader {
        { [contents, limits] readGuard in
            guard let track = contents.video else { throw MediaError.noVideoStream }
            var previous = 0
            for frame in indices {
                guard frame >= previous, frame < track.index.count else {
                    throw MediaError.noSuchFrame(index: frame, count: track.index.count)
                }
                previous = frame
            }
            return FrameReader(
                source: contents.bytes, parameters: track.parameters, index: track.index, limits: limits,
                indices: indices, readGuard: readGuard)
        }
    }

    /// Presentation times of all frames in seconds from the first one, in order, as the container states them.
    /// - Throws: `MediaError.noVideoStream`.
    public func frameTimes() async throws -> [Double] {
        guard let track = contents.video else { throw MediaError.noVideoStream }
        guard track.index.count > 0 else { return [] }
        let origin = track.index.time(ofFrame: 0)
        return (0..<track.index.count).map { track.parameters.seconds(track.index.time(ofFrame: $0) &- origin) }
    }

    /// The first audio track as mono sound on the video's clock: second 0 is the first video frame (without video, the
    /// first sound). Gaps are silence, so sample `n` is heard at `(start ?? 0) + n / sampleRate`.
    ///
    /// - Parameters:
    ///   - start: seconds, default 0.
    ///   - end: seconds, default the track's end.
    ///   - sampleRate: samples per second of the result, 1000 to 192 000.
    /// - Returns: `nil` when the file has no audio track.
    /// - Throws: `MediaError.limitExceeded` when more than `MediaLimits.maxAudioSeconds` would be unpacked; `damaged`,
    ///   `stalled`, `unsupportedCodec`; `CancellationError`.
    public func audio(
        start: Double? = nil, end: Double? = nil, sampleRate: Int = 16_000
    ) async throws -> AudioSamples? {
        guard let parameters = contents.audio else { return nil }
        let origin = contents.video.flatMap { track in
            track.index.count > 0 ? track.parameters.seconds(track.index.time(ofFrame: 0)) : nil
        }
        let range = AudioReader.Range(start: max(0, start ?? 0), end: end, origin: origin)
        return try await MediaThreads.run(stallTimeout: limits.stallTimeout) { [contents, limits] readGuard in
            try AudioReader(
                source: contents.bytes, parameters: parameters, limits: limits, range: range,
                sampleRate: min(192_000, max(1000, sampleRate)), readGuard: readGuard
            ).run()
        }
    }
}

/// What probing found, kept for later reads.
struct MediaContents: Sendable {
    struct VideoStream: Sendable {
        var parameters: StreamParameters
        var index: FrameIndex
    }

    var info: MediaInfo
    var bytes: ByteSource
    var video: VideoStream?
    var audio: StreamParameters?
}

/// Threads for FFmpeg calls that return one result.
enum MediaThreads {
    private static let workers = WorkerThreads(name: "media", width: max(4, ProcessorCount.cores))

    /// Runs blocking work; the guard it gets is cancelled with the calling task.
    static func run<T: Sendable>(
        stallTimeout: Duration, _ work: @escaping @Sendable (ReadGuard) throws -> T
    ) async throws -> T {
        let readGuard = ReadGuard(stallTimeout: stallTimeout)
        return try await withTaskCancellationHandler {
            try await workers.run {
                // The wait for a free thread is no stall.
                readGuard.noteProgress()
                return try work(readGuard)
            }
        } onCancel: {
            readGuard.cancel()
        }
    }
}
