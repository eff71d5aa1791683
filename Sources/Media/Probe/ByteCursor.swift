import CFFmpeg

/// A read position in a `ByteSource`, as FFmpeg's `AVIOContext`. Owns that context and its buffer.
final class ByteCursor {
    private(set) var context: UnsafeMutablePointer<AVIOContext>?
    let readGuard: ReadGuard
    private let source: ByteSource
    private var position: Int64 = 0

    init(_ source: ByteSource, guard readGuard: ReadGuard) throws {
        self.source = source
        self.readGuard = readGuard
        let size = 1 << 16
        guard let buffer = av_malloc(size) else { throw MediaError.engineFailed }
        context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(size), 0, Unmanaged.passUnretained(self).toOpaque(),
            { opaque, buffer, length in
                guard let opaque, let buffer else { return martlet_averror_io() }
                return Unmanaged<ByteCursor>.fromOpaque(opaque).takeUnretainedValue().read(into: buffer, length: length)
            },
            nil,
            { opaque, offset, origin in
                guard let opaque else { return -1 }
                return Unmanaged<ByteCursor>.fromOpaque(opaque).takeUnretainedValue().seek(offset, from: origin)
            })
        if context == nil {
            av_free(buffer)
            throw MediaError.engineFailed
        }
    }

    deinit {
        guard let context else { return }
        // FFmpeg may have exchanged the buffer for another one.
        av_free(context.pointee.buffer)
        avio_context_free(&self.context)
    }

    private func read(into buffer: UnsafeMutablePointer<UInt8>, length: Int32) -> Int32 {
        if readGuard.mustStop { return martlet_averror_exit() }
        let got = source.read(at: position, into: buffer, length: Int(length))
        if got < 0 { return martlet_averror_io() }
        if got == 0 { return martlet_averror_eof() }
        position += Int64(got)
        return Int32(got)
    }

    private func seek(_ offset: Int64, from origin: Int32) -> Int64 {
        switch origin & ~martlet_seek_force() {
        case martlet_seek_size_query(): return source.count
        case SEEK_SET: position = offset
        case SEEK_CUR: position += offset
        case SEEK_END: position = source.count + offset
        default: return -1
        }
        return position
    }
}

private let ffmpegIsSilent: Bool = {
    // Damaged input makes FFmpeg write to standard error; what matters comes back as result codes.
    av_log_set_level(AV_LOG_QUIET)
    return true
}()

func silenceFFmpegOnce() { _ = ffmpegIsSilent }
