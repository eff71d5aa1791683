/// The packets of a video track in the order they are stored (decode order), and the frames they make in the order
/// they are shown. Frame numbers are positions in the latter, as torchcodec and decord count them.
package struct FrameIndex: Sendable, Equatable {
    package struct KeyFrame: Sendable, Equatable {
        package var ordinal: Int
        /// Where to send a container's own seek.
        package var decodeTime: Int64
        /// Byte offset in the file, -1 when unknown.
        package var position: Int64
    }

    /// Presentation time by decode ordinal, in the stream's time base.
    package private(set) var times: [Int64] = []
    package private(set) var keys: [KeyFrame] = []
    /// Decode ordinals in presentation order, without those that an edit list cuts off.
    package private(set) var presentation: [Int] = []
    /// Whether times don't identify frames (missing or repeated): frames are then told apart by counting.
    package private(set) var countsFrames = false
    private var missingTimes = false
    private var unorderedKeys = false

    package init() {}

    package var count: Int { presentation.count }

    package func time(ofFrame index: Int) -> Int64 { times[presentation[index]] }

    /// Adds the next packet in decode order. A time is `nil` when the container gives none.
    package mutating func append(time: Int64?, decodeTime: Int64?, isKey: Bool, isDiscarded: Bool, position: Int64) {
        let ordinal = times.count
        if time == nil { missingTimes = true }
        let time = time ?? decodeTime ?? times.last ?? 0
        if isKey {
            if let last = keys.last, times[last.ordinal] >= time { unorderedKeys = true }
            keys.append(KeyFrame(ordinal: ordinal, decodeTime: decodeTime ?? time, position: position))
        }
        times.append(time)
        if !isDiscarded { presentation.append(ordinal) }
    }

    /// Sorts the frames once all packets are in.
    package mutating func finish() {
        let times = times
        if !zip(presentation, presentation.dropFirst()).allSatisfy({ times[$0] < times[$1] }) {
            // Ties keep their decode order, so that the order is one and the same on every run.
            presentation.sort { (times[$0], $0) < (times[$1], $1) }
        }
        let repeats = zip(presentation, presentation.dropFirst()).contains { times[$0] == times[$1] }
        countsFrames = missingTimes || repeats
    }

    /// The packet to begin decoding with, so that the frame at this decode ordinal comes out right: the last key frame
    /// that is neither stored nor shown after it. (A frame stored after a key frame but shown before it, as open groups
    /// of pictures have, needs the key frame before.)
    package func entry(for ordinal: Int) -> Int {
        guard !countsFrames, !unorderedKeys else { return 0 }
        let time = times[ordinal]
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].ordinal <= ordinal && times[keys[middle].ordinal] <= time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low == 0 ? 0 : keys[low - 1].ordinal
    }

    package func key(at ordinal: Int) -> KeyFrame? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low].ordinal == ordinal ? keys[low] : nil
    }
}
