import Foundation
import Foundations

/// Frames of a video in the order they were asked for, decoded while they are consumed.
///
/// Each iteration opens the file anew and decodes on threads of its own, a few frames ahead of the consumer and no
/// further. Leaving the loop, dropping the iterator or cancelling the task ends the work.
public struct VideoFrameSequence: AsyncSequence, Sendable {
    public typealias Element = VideoFrame
    public typealias Failure = any Error
    public typealias Transform = @Sendable (RGBImage) throws -> RGBImage

    let makeReader: @Sendable (ReadGuard) throws -> FrameReader
    let rotation: Int
    let stallTimeout: Duration
    let transform: Transform?

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let lifetime: Lifetime

        init(_ sequence: VideoFrameSequence) { lifetime = Lifetime(sequence) }

        /// - Throws: `MediaError`, `CancellationError`, what the transform throws.
        public mutating func next() async throws -> VideoFrame? { try await lifetime.pump.next() }
    }

    /// Stops the threads when the last iterator goes away.
    private final class Lifetime: Sendable {
        let pump: FramePump

        init(_ sequence: VideoFrameSequence) {
            let readGuard = ReadGuard(stallTimeout: sequence.stallTimeout)
            let converters = ProcessorCount.converters
            let pump = FramePump(capacity: converters + 2, guard: readGuard)
            self.pump = pump
            Self.startThread("decode") {
                pump.finish(Result { try sequence.makeReader(readGuard).run { pump.submit($0) } })
            }
            for _ in 0..<converters {
                Self.startThread("convert") { Self.convert(pump, sequence.rotation, sequence.transform) }
            }
        }

        deinit { pump.stop() }

        private static func convert(_ pump: FramePump, _ rotation: Int, _ transform: Transform?) {
            let converter = PictureConverter()
            while let (sequence, job) = pump.nextJob() {
                pump.complete(
                    sequence,
                    Result {
                        var image = try converter.image(job.picture, rotation: rotation)
                        if let transform { image = try transform(image) }
                        return VideoFrame(index: job.index, time: job.time, image: image)
                    })
            }
        }

        private static func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
            let thread = Thread(block: body)
            thread.name = "media-\(name)"
            thread.stackSize = 2 << 20
            thread.start()
        }
    }
}
