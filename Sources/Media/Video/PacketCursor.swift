import CFFmpeg
import Foundations

/// Walks through a video track's packets and knows the decode ordinal of each.
struct PacketCursor {
    /// The ordinal that the next `read` returns.
    private(set) var next = 0
    var packet: UnsafeMutablePointer<AVPacket> { demuxer.packet }

    private let source: ByteSource
    private let parameters: StreamParameters
    private let index: FrameIndex
    private let limits: MediaLimits
    private let readGuard: ReadGuard
    private var demuxer: Demuxer
    /// A packet found by a seek that `read` must still return.
    private var holdsPacket = false

    /// A seek pays when it saves reading at least this many bytes.
    private static let shortestSeek: Int64 = 4 << 20

    init(
        _ source: ByteSource, parameters: StreamParameters, index: FrameIndex, limits: MediaLimits,
        guard readGuard: ReadGuard
    ) throws {
        self.source = source
        self.parameters = parameters
        self.index = index
        self.limits = limits
        self.readGuard = readGuard
        demuxer = try Self.open(source, parameters, limits, readGuard)
    }

    /// Reads packet number `next` and moves on. Returns false at the end.
    mutating func read() throws -> Bool {
        if holdsPacket {
            holdsPacket = false
        } else if try !demuxer.readPacket(of: parameters.streamIndex) {
            return false
        }
        next += 1
        readGuard.noteProgress()
        return true
    }

    /// Makes `read` return packet number `ordinal` next. Only forward.
    mutating func move(to ordinal: Int) throws {
        guard ordinal > next else { return }
        if try seek(to: ordinal) { return }
        while next < ordinal, try read() {}
    }

    /// Has the container jump, and checks that it arrived. On a false return the cursor is where it was, in effect.
    private mutating func seek(to ordinal: Int) throws -> Bool {
        guard !index.countsFrames, let key = index.key(at: ordinal), let here = lastKeyPosition(), key.position >= 0,
            key.position - here >= Self.shortestSeek,
            demuxer.formatNames.contains(where: AcceptedFormats.seekable.contains)
        else { return false }
        let from = next
        let time = index.times[ordinal]
        if demuxer.seek(stream: parameters.streamIndex, to: min(key.decodeTime, time)) {
            while try demuxer.readPacket(of: parameters.streamIndex) {
                readGuard.noteProgress()
                if packet.pointee.flags & AV_PKT_FLAG_KEY == 0 { continue }
                if packet.pointee.pts == time {
                    next = ordinal
                    holdsPacket = true
                    return true
                }
                if packet.pointee.pts > time { break }
            }
        }
        demuxer = try Self.open(source, parameters, limits, readGuard)
        next = 0
        while next < from, try read() {}
        return false
    }

    private func lastKeyPosition() -> Int64? {
        guard next > 0 else { return 0 }
        let position = index.keys[..<index.keys.partition(before: next)].last?.position ?? 0
        return position >= 0 ? position : nil
    }

    private static func open(
        _ source: ByteSource, _ parameters: StreamParameters, _ limits: MediaLimits, _ readGuard: ReadGuard
    ) throws -> Demuxer {
        let demuxer = try Demuxer(source, accepting: AcceptedFormats.containers, limits: limits, guard: readGuard)
        // These containers say all in their header; others show their streams only while being read.
        if !demuxer.formatNames.contains(where: AcceptedFormats.seekable.contains) {
            try demuxer.findStreamInfo(limits)
        }
        guard demuxer.streamCount > parameters.streamIndex else { throw MediaError.damaged }
        demuxer.select(parameters.streamIndex)
        return demuxer
    }
}

extension [FrameIndex.KeyFrame] {
    /// How many key frames come before a decode ordinal.
    fileprivate func partition(before ordinal: Int) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension StreamParameters {
    /// Whether the decoder can leave out unreferenced frames without any effect on the others.
    ///
    /// H.264 and MPEG mark such frames reliably. HEVC does only without temporal layers, which its configuration record
    /// states (ISO/IEC 14496-15, `numTemporalLayers`). Field-coded material may carry half a picture per packet.
    var allowsSkippingUnreferenced: Bool {
        let codec = pointer.pointee
        let order = codec.field_order
        guard order == AV_FIELD_PROGRESSIVE || order == AV_FIELD_UNKNOWN else { return false }
        switch codec.codec_id {
        case AV_CODEC_ID_H264, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4:
            return true
        case AV_CODEC_ID_HEVC:
            guard let extra = codec.extradata, codec.extradata_size > 22, extra[0] == 1 else { return false }
            return (extra[21] >> 3) & 7 == 1
        default:
            return false
        }
    }
}
