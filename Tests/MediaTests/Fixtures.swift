import Foundation
import Foundations
import Media
import Testing

/// Clips made by the `ffmpeg` command on first use and kept in the temporary folder. Every frame shows its own number as
/// eight bars: bar `b`, from the left, is white when bit `b` is set.
enum Fixture: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case h264, longGroups, openGroups, variableRate, repeatedTimes, rotated, interlaced, highBitDepth, hdr, oddSize, transportStream
    case mpeg4AVI, programStream, gif, editList, intraRefresh, motionJPEG, hevcTransportStream, vp8
    case audioOnly, delayedAudio, wave, longMP4, manyStreams, trailingIndex, mkv

    static let frameCount = 100

    /// Those with 100 numbered frames, whole.
    static let numbered: [Fixture] = [
        .h264, .longGroups, .openGroups, .variableRate, .repeatedTimes, .rotated, .interlaced, .highBitDepth, .hdr, .oddSize,
        .transportStream, .mpeg4AVI, .programStream, .gif, .intraRefresh, .motionJPEG, .hevcTransportStream, .vp8, .mkv,
    ]

    var testDescription: String { rawValue }

    private static let bars =
        "geq=lum='if(gt(bitand(N,pow(2,floor(X*8/W))),0),235,16)':cb=128:cr=128"

    private static func source(_ size: String = "192x112", frames: Int = frameCount) -> [String] {
        ["-f", "lavfi", "-i", "color=c=gray:s=\(size):r=25,format=yuv420p,\(bars),trim=end_frame=\(frames)"]
    }

    private static let sine = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4"]

    /// The file's ending and the arguments of `ffmpeg` before the output name.
    private var recipe: (ending: String, arguments: [String]) {
        let x264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
        let aac = ["-c:a", "aac", "-b:a", "96k"]
        switch self {
        case .h264:
            return ("mp4", Self.source() + Self.sine + x264 + ["-g", "24", "-bf", "3", "-movflags", "+faststart"] + aac)
        case .longGroups:
            return ("mp4", Self.source() + ["-c:v", "libx264", "-g", "1000", "-bf", "4", "-refs", "4"])
        case .openGroups:
            return ("mkv", Self.source() + x264 + ["-x264-params", "open-gop=1:keyint=20:min-keyint=20:scenecut=0:bframes=3"])
        case .variableRate:
            return (
                "mp4",
                Self.source() + ["-vf", "setpts='round(if(lt(N,50),N,50+(N-50)*3)/25/TB)'", "-vsync", "passthrough"]
                    + x264 + ["-g", "15"]
            )
        case .repeatedTimes:
            // Every fourth frame has the time of the one before it.
            return (
                "mp4",
                Self.source() + ["-vf", "setpts='round((N-if(eq(mod(N,4),3),1,0))/25/TB)'", "-vsync", "passthrough"]
                    + x264 + ["-g", "15", "-bf", "0"]
            )
        case .rotated:
            // FFmpeg 5 writes the display matrix only while copying, and counts against the clock.
            return ("mp4", ["-i", "", "-map", "0:v", "-c", "copy", "-metadata:s:v", "rotate=270"])
        case .interlaced:
            return (
                "ts",
                Self.source() + [
                    "-vf", "setfield=tff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-top", "1", "-g", "12", "-bf",
                    "2", "-b:v", "2M",
                ]
            )
        case .highBitDepth:
            return (
                "mp4", Self.source() + ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p10le", "-g", "30"]
            )
        case .hdr:
            return (
                "mp4",
                Self.source() + [
                    "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-bf", "3",
                    "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-x265-params",
                    "keyint=24:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none",
                ]
            )
        case .oddSize:
            return ("webm", Self.source("322x242") + ["-vf", "scale=321:241", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "30"])
        case .transportStream: return ("ts", Self.source() + x264 + ["-g", "24", "-bf", "3"])
        case .mpeg4AVI: return ("avi", Self.source() + ["-c:v", "mpeg4", "-g", "20", "-bf", "2", "-q:v", "3"])
        case .programStream: return ("mpg", Self.source() + ["-c:v", "mpeg2video", "-g", "12", "-bf", "2", "-b:v", "2M"])
        case .gif: return ("gif", Self.source())
        case .editList:
            // Cut inside a group of pictures without encoding: an edit list hides the frames before the cut.
            return ("mp4", ["-ss", "1.5", "-i", "", "-c", "copy"])
        case .intraRefresh:
            return ("ts", Self.source() + x264 + ["-x264-params", "intra-refresh=1:keyint=30:bframes=0"])
        case .motionJPEG: return ("mov", Self.source() + ["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p"])
        case .hevcTransportStream:
            return (
                "ts",
                Self.source() + ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=25:bframes=3:log-level=none"]
            )
        case .vp8: return ("webm", Self.source() + ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "30", "-b:v", "1M"])
        case .audioOnly: return ("m4a", Self.sine + aac)
        case .delayedAudio:
            return ("mkv", Self.source() + ["-itsoffset", "1"] + Self.sine + x264 + ["-c:a", "flac", "-map", "0", "-map", "1"])
        case .wave: return ("wav", Self.sine + ["-ac", "2"])
        case .longMP4:
            // Noise makes it large, so that jumping inside the file pays.
            return (
                "mp4",
                ["-f", "lavfi", "-i", "color=c=gray:s=640x360:r=25,format=yuv420p,\(Self.bars),noise=alls=60:allf=t,trim=end_frame=240"]
                    + ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-g", "24", "-bf", "2"]
            )
        case .manyStreams:
            return (
                "mka",
                ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=0.1"] + Array(repeating: ["-map", "0"], count: 100).flatMap { $0 }
                    + ["-c:a", "pcm_s16le"]
            )
        case .trailingIndex: return ("mp4", Self.source() + x264)
        case .mkv: return ("mkv", Self.source() + Self.sine + x264 + ["-g", "24"] + aac)
        }
    }

    /// The clip's file, made if it isn't there yet.
    func url() async throws -> URL { try await FixtureLibrary.shared.url(self, recipe) }

    func data() async throws -> Data { try Data(contentsOf: await url()) }

    func open(limits: MediaLimits = .init(), appliesRotation: Bool = true) async throws -> MediaFile {
        try await MediaFile.open(.file(url()), limits: limits, appliesRotation: appliesRotation)
    }
}

/// Makes each clip once, also when several tests ask at the same time.
actor FixtureLibrary {
    static let shared = FixtureLibrary()
    static let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-media-fixtures")

    private let workers = WorkerThreads(name: "fixtures", width: 2)
    private var making: [Fixture: Task<URL, any Error>] = [:]

    func url(_ fixture: Fixture, _ recipe: (ending: String, arguments: [String])) async throws -> URL {
        if let task = making[fixture] { return try await task.value }
        let task = Task {
            var arguments = recipe.arguments
            // The name follows the recipe, so that a changed recipe makes a new clip.
            let name = "\(fixture.rawValue)-\(Self.fingerprint(arguments)).\(recipe.ending)"
            let target = Self.folder.appending(path: name)
            if FileManager.default.fileExists(atPath: target.path) { return target }
            if let slot = arguments.firstIndex(of: "") {
                arguments[slot] = try await Fixture.h264.url().path
            }
            let complete = arguments
            return try await workers.run {
                try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
                let draft = Self.folder.appending(path: "\(UUID().uuidString).\(recipe.ending)")
                _ = try CommandLineFFmpeg.run(complete + [draft.path])
                _ = try? FileManager.default.removeItem(at: target)
                try FileManager.default.moveItem(at: draft, to: target)
                return target
            }
        }
        making[fixture] = task
        return try await task.value
    }

    private static func fingerprint(_ arguments: [String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in arguments.joined(separator: "\u{0}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

/// The `ffmpeg` command, as maker of clips and as the reference to compare with.
enum CommandLineFFmpeg {
    struct Failed: Error { var text: String }

    /// Blocking: run on worker threads. Returns standard output.
    static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-nostdin", "-v", "error", "-y"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(text: arguments.joined(separator: " ")) }
        return data
    }
}

extension RGBImage {
    /// The number that the bars show. `turned`: the picture was turned clockwise by 90 degrees.
    func number(turned: Bool = false) -> Int {
        (0..<8).reduce(0) { number, bit in
            let along = Int((Double(bit) + 0.5) / 8 * Double(turned ? height : width))
            let (x, y) = turned ? (width / 2, along) : (along, height / 2)
            return pixels[(y * width + x) * 3 + 1] > 127 ? number | 1 << bit : number
        }
    }
}

extension VideoFrameSequence {
    func all() async throws -> [VideoFrame] {
        var frames: [VideoFrame] = []
        for try await frame in self { frames.append(frame) }
        return frames
    }
}
