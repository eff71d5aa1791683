import Foundation
import Media
import Testing

/// Pictures drawn by the tests.
enum Pictures {
    typealias Colour = (UInt8, UInt8, UInt8)

    static func plain(_ colour: Colour, width: Int = 96, height: Int = 54) -> RGBImage {
        drawn(width: width, height: height) { _, _ in colour }
    }

    static func drawn(width: Int = 96, height: Int = 54, _ colour: (Int, Int) -> Colour) -> RGBImage {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let (red, green, blue) = colour(x, y)
                pixels += [red, green, blue]
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// A ball of 12 pixels on a grey field, its centre at these shares of the sides.
    static func ball(_ x: Double, _ y: Double) -> RGBImage {
        drawn { column, row in
            hypot(Double(column) - x * 96, Double(row) - y * 54) < 6 ? (210, 30, 30) : (120, 125, UInt8(130 + row / 4))
        }
    }
}

/// Clips composed for one test, in a folder of their own.
struct ClipFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "martlet-clips-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }

    /// Runs ffmpeg with these arguments, the output's name added.
    func compose(_ name: String, _ arguments: [String]) throws -> URL {
        let file = url.appending(path: name)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-v", "error", "-nostdin", "-y"] + arguments + [file.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "ffmpeg could not compose \(name)")
        return file
    }

    /// Two plain scenes, blue then red, of two seconds each, without sound.
    func twoColours() throws -> URL {
        try compose(
            "two-colours.mp4",
            ["-f", "lavfi", "-i", "color=c=blue:s=320x180:r=25:d=2", "-f", "lavfi", "-i", "color=c=red:s=320x180:r=25:d=2",
                "-filter_complex", "[0:v][1:v]concat=n=2:v=1:a=0", "-pix_fmt", "yuv420p"])
    }
}
