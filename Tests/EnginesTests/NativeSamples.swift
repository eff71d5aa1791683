import Foundation
import Foundations
import Media
import Testing

/// Real pictures, recordings and models that set-up provides.
enum NativeSamples {
    static let home = MartletHome()

    static func model(_ path: String) -> URL { home.models.appending(path: path) }

    /// A photo as pixels.
    static func photo(_ name: String) throws -> RGBImage {
        let file = home.samples.appending(path: "photos/\(name)")
        let size = try #require(
            String(
                bytes: run("ffprobe", ["-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", file.path]),
                encoding: .utf8)
        ).split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        try #require(size.count == 2, "the photo \(name) is missing")
        let pixels = try run("ffmpeg", ["-v", "error", "-i", file.path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        try #require(pixels.count == size[0] * size[1] * 3)
        return RGBImage(width: size[0], height: size[1], pixels: [UInt8](pixels))
    }

    /// A recording as 16 kHz mono.
    static func speech(_ name: String) throws -> AudioSamples {
        let file = home.samples.appending(path: "speech/\(name)")
        let bytes = try run(
            "ffmpeg", ["-v", "error", "-i", file.path, "-f", "f32le", "-ac", "1", "-ar", "16000", "-"])
        let samples = bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count - 3, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
        try #require(!samples.isEmpty, "the recording \(name) is missing")
        return AudioSamples(sampleRate: 16_000, samples: samples)
    }

    /// A picture of one colour.
    static func plain(width: Int, height: Int, value: UInt8) -> RGBImage {
        RGBImage(width: width, height: height, pixels: [UInt8](repeating: value, count: width * height * 3))
    }

    private static func run(_ tool: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}
