import Foundation
import Foundations

/// Frames of a video in the order they were asked for, decoded while they are consumed.
public typealias VideoFrameSequence = MappedFrameSequence<VideoFrame>

/// What becomes of a video's frames, in the order they were asked for, decoded while it is consumed.
///
/// Each iteration opens the file anew and decodes on threads of its own, a few frames ahead of the consumer and no
/// further. Leaving the loop, dropping the iterator or cancelling the task ends the work.
public struct MappedFrameSequence<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = any Error

    let makeReader: @Sendable (ReadGuard) throws -> FrameReader
    let stallTimeout: Duration
    /// Pictures between decoder and consumer.
    var ahead = ProcessorCount.converters + 2
    /// Makes what one converting thread does with pictures; frames are begun in their order.
    let makeConversion: @Sendable () throws -> (FrameJob) throws -> Element

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let lifetime: Lifetime

        init(_ sequence: MappedFrameSequence) { lifetime = Lifetime(sequence) }

        /// - Throws: `MediaError`, `CancellationError`, what the transform throws.
        public mutating func next() async throws -> Element? { try await lifetime.pump.next() }
    }

    /// Stops the threads when the last iterator goes away.
    private final class Lifetime: Sendable {
        let pump: FramePump<Element>

        init(_ sequence: MappedFrameSequence) {
            let readGuard = ReadGuard(stallTimeout: sequence.stallTimeout)
            let converters = ProcessorCount.converters
            let pump = FramePump<Element>(capacity: sequence.ahead, guard: readGuard)
            self.pump = pump
            Self.startThread("decode") {
                pump.finish(Result { try sequence.makeReader(readGuard).run { pump.submit($0) } })
            }
            for _ in 0..<converters {
                Self.startThread("convert") { Self.convert(pump, sequence.makeConversion) }
            }
        }

        deinit { pump.stop() }

        private static func convert(_ pump: FramePump<Element>, _ make: () throws -> (FrameJob) throws -> Element) {
            let conversion = Result { try make() }
            while let (sequence, job) = pump.nextJob() {
                pump.complete(sequence, Result { try conversion.get()(job) })
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
